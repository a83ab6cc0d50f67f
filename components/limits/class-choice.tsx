'use client';

import { useTranslations } from 'next-intl';
import { CheckboxField } from '@/components/ui/checkbox';
import { DESTINATION_CLASSES, type DestinationClass } from '@/lib/core/destinations/classes';

export interface ClassChoiceProps {
  label: string;
  value: readonly DestinationClass[];
  onChange: (value: DestinationClass[]) => void;
  disabled: boolean;
}

/** Kinds of number, any of them ticked. */
export function ClassChoice({ label, value, onChange, disabled }: ClassChoiceProps) {
  const t = useTranslations('limits.classes');
  const toggle = (kind: DestinationClass, isOn: boolean): void =>
    onChange(isOn ? [...value, kind] : value.filter((each) => each !== kind));
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 font-medium text-small">{label}</legend>
      {DESTINATION_CLASSES.map((kind) => (
        <CheckboxField
          key={kind}
          label={t(kind)}
          checked={value.includes(kind)}
          disabled={disabled}
          onCheckedChange={(isOn) => toggle(kind, isOn)}
        />
      ))}
    </fieldset>
  );
}
