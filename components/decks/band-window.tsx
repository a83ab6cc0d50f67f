'use client';

import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { cn } from '@/components/ui/cn';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import type { StoredPlan } from '@/lib/services/decks/schemas';

export type WindowValue = StoredPlan['bands'][number]['windows'][number];

const DAYS = ['1', '2', '3', '4', '5', '6', '7'] as const;

export interface BandWindowProps {
  window: WindowValue;
  /** null removes it. */
  onChange: (window: WindowValue | null) => void;
}

/** Hours of some days of the week. */
export function BandWindow({ window, onChange }: BandWindowProps) {
  const t = useTranslations('decks.bands');
  const toggle = (day: number): void => {
    const days = window.days.includes(day)
      ? window.days.filter((one) => one !== day)
      : [...window.days, day].sort((left, right) => left - right);
    onChange({ ...window, days });
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <fieldset aria-label={t('days')} className="flex flex-wrap gap-1">
        {DAYS.map((day) => {
          const isOn = window.days.includes(Number(day));
          return (
            <button
              key={day}
              type="button"
              aria-pressed={isOn}
              onClick={() => toggle(Number(day))}
              className={cn(
                'h-7 rounded-small border px-1.5 text-small touch:h-8',
                isOn
                  ? 'border-accent-line bg-accent-tint text-accent-text'
                  : 'border-line-strong text-ink-2',
              )}
            >
              {t(`day.${day}`)}
            </button>
          );
        })}
      </fieldset>
      <Input
        aria-label={t('from')}
        className="w-20"
        controlSize="sm"
        value={window.from}
        onChange={(event) => onChange({ ...window, from: event.currentTarget.value })}
      />
      <span aria-hidden>–</span>
      <Input
        aria-label={t('to')}
        className="w-20"
        controlSize="sm"
        value={window.to}
        onChange={(event) => onChange({ ...window, to: event.currentTarget.value })}
      />
      <IconButton label={t('removeWindow')} size="xs" onClick={() => onChange(null)}>
        <X />
      </IconButton>
    </div>
  );
}
