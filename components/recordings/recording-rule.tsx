'use client';

import { useTranslations } from 'next-intl';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';

/** What may be said of the calls of an extension or a trunk. */
export const RULES = ['never', 'on_demand', 'always'] as const;
export type Rule = (typeof RULES)[number];

export interface RecordingRuleProps {
  value: Rule;
  onValueChange: (value: Rule) => void;
  disabled?: boolean | undefined;
}

/** Whether calls are recorded: never, when somebody asks for it, always. */
export function RecordingRule({ value, onValueChange, disabled }: RecordingRuleProps) {
  const t = useTranslations('recordings.rule');
  return (
    <Field label={t('label')} hint={t('hint')} disabled={disabled}>
      <Select
        value={value}
        onValueChange={onValueChange}
        disabled={disabled}
        items={RULES.map((rule) => ({ value: rule, label: t(`choices.${rule}`) }))}
      />
    </Field>
  );
}
