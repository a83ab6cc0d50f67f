'use client';

import { LogIn } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useNow } from '@/components/patterns/use-now';
import { formatSpan } from '@/lib/client/format/duration';

export interface ActingBarProps {
  /** Whose console this is. */
  accountName: string;
  /** Under whose name everything is recorded: "Mara Kessel, Brightline Telecom". */
  recordedAs: string;
  /** ISO 8601. */
  until: string;
  onStop: () => void;
}

/** Above everything, on every page, while somebody acts as somebody else. */
export function ActingBar({ accountName, recordedAs, until, onStop }: ActingBarProps) {
  const t = useTranslations('shell');
  const nowMs = useNow(15_000);
  const left = nowMs === null ? null : (Date.parse(until) - nowMs) / 1_000;
  return (
    <div
      role="status"
      data-acting
      className="sticky top-0 z-10 flex h-9 items-center gap-4 bg-inverse ps-8 pe-6 text-on-inverse text-small max-md:px-4"
    >
      <span className="flex items-center gap-2.5">
        <LogIn aria-hidden className="icon-dense" />
        <span>
          {t.rich('actingAs', {
            name: () => <strong className="font-semibold">{accountName}</strong>,
          })}
        </span>
      </span>
      <span className="truncate text-on-inverse-2 max-md:hidden">
        {t('recordedAs', { name: recordedAs })}
      </span>
      <span className="ms-auto whitespace-nowrap text-on-inverse-2">
        {left !== null && t('timeLeft', { left: formatSpan(left) })}
      </span>
      <button
        type="button"
        onClick={onStop}
        className="h-6 shrink-0 rounded-small border border-on-inverse-2 px-2 font-medium focus-visible:outline-on-inverse"
      >
        {t('stopActing')}
      </button>
    </div>
  );
}
