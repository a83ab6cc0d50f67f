'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Meter } from '@/components/ui/meter';

export interface WorkProgressProps {
  /** "Importing Meridian A–Z". */
  title: string;
  done: number;
  total: number;
  /** "12,480 of 20,835 rows". */
  counts: ReactNode;
  /** Refusals so far, time left. */
  note?: ReactNode;
}

/** Long work that goes on without the reader. */
export function WorkProgress({ title, done, total, counts, note }: WorkProgressProps) {
  const t = useTranslations('patterns');
  return (
    <div className="flex flex-col gap-2 px-5 py-4">
      <span className="flex justify-between gap-3">
        <span className="font-semibold">{title}</span>
        <span className="text-ink-2">{counts}</span>
      </span>
      <Meter label={title} value={done} max={total} />
      <span className="flex justify-between gap-3 text-ink-3 text-small">
        <span>{note}</span>
        <span>{t('canLeave')}</span>
      </span>
    </div>
  );
}
