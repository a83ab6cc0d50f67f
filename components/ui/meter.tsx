'use client';

import { Meter as Base } from '@base-ui/react/meter';
import { cn } from './cn';

const tones = {
  accent: 'bg-bar-strong',
  green: 'bg-green',
  amber: 'bg-amber',
  red: 'bg-red',
} as const;

export interface MeterProps {
  /** What is measured, for screen readers; its number stands beside the meter. */
  label: string;
  value: number;
  max: number;
  tone?: keyof typeof tones | undefined;
  className?: string | undefined;
}

/** Four pixels of how much of how much. */
export function Meter({ label, value, max, tone = 'accent', className }: MeterProps) {
  const limit = max > 0 ? max : 1;
  return (
    <Base.Root
      aria-label={label}
      value={Math.min(limit, Math.max(0, value))}
      max={limit}
      className={cn('block w-full', className)}
    >
      <Base.Track className="h-1 overflow-hidden rounded-full bg-track">
        <Base.Indicator className={cn('rounded-full', tones[tone])} />
      </Base.Track>
    </Base.Root>
  );
}
