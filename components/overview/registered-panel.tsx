'use client';

import { PhoneCall } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { deviceName } from '@/components/extensions/registration-status';
import { DateTime } from '@/components/patterns/date-time';
import { Panel } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { cn } from '@/components/ui/cn';
import { Dot } from '@/components/ui/dot';
import { Skeleton } from '@/components/ui/skeleton';
import { TextLink } from '@/components/ui/text-link';
import type { ListState } from '@/lib/client/use-list';
import { useIsStale } from '@/lib/client/use-live';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import type { LiveCall } from '@/lib/services/live/schemas';

/** Rows of this panel; the rest is behind "All extensions". */
const SHOWN = 8;

export interface RegisteredPanelProps {
  list: ListState<WireExtension>;
  totals: { total: number; registered: number };
  calls: readonly LiveCall[];
  className?: string;
}

/** Which phones are there, those that are first. */
export function RegisteredPanel({ list, totals, calls, className }: RegisteredPanelProps) {
  const t = useTranslations('overview');
  const busy = new Set(
    calls
      .filter((call) => call.state === 'answered')
      .flatMap((call) => [call.from.extensionId, call.to.extensionId]),
  );
  const rows = [...(list.rows ?? [])].sort(
    (left, right) =>
      Number(right.registration.registered) - Number(left.registration.registered) ||
      Number(left.number) - Number(right.number),
  );
  return (
    <Panel
      title={t('who')}
      note={t('of', { registered: totals.registered, total: totals.total })}
      className={className}
      actions={<TextLink href="/extensions">{t('allExtensions')}</TextLink>}
    >
      {list.rows === undefined && list.error ? (
        <ErrorState title={t('extensionsFailed')} onRetry={list.refetch}>
          {list.error.message}
        </ErrorState>
      ) : list.rows === undefined ? (
        <PanelSkeleton />
      ) : rows.length === 0 ? (
        <div className="px-4 py-3">
          <p className="font-medium">{t('noExtensions')}</p>
          <p className="text-ink-3">{t('noExtensionsText')}</p>
        </div>
      ) : (
        <ul>
          {rows.slice(0, SHOWN).map((row) => (
            <RegisteredRow key={row.id} extension={row} isBusy={busy.has(row.id)} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RegisteredRow({ extension, isBusy }: { extension: WireExtension; isBusy: boolean }) {
  const t = useTranslations('overview');
  const isStale = useIsStale();
  const [binding] = extension.registration.bindings;
  const isSuspended = extension.state === 'suspended';
  return (
    <li className="border-line border-t first:border-t-0">
      <Link
        href={`/extensions?open=${extension.id}`}
        prefetch={false}
        className={cn(
          'focus-inside flex h-9 items-center gap-2.5 px-4 hover:bg-hover max-md:h-11',
          isStale && 'text-ink-3',
        )}
      >
        <Dot tone={binding ? (isStale ? 'never' : 'healthy') : isSuspended ? 'amber' : 'never'} />
        <span className="w-8 shrink-0 font-medium">{extension.number}</span>
        <span className="min-w-0 flex-1 truncate">{extension.name}</span>
        {isBusy && (
          <span className="flex shrink-0 items-center gap-1.5 text-green-text text-small">
            <PhoneCall aria-hidden className="icon-dense" />
            {t('inACall')}
          </span>
        )}
        <span className="w-36 shrink-0 truncate text-ink-3 text-small @max-md:hidden">
          {binding
            ? `${deviceName(binding.userAgent)} · ${binding.transport.toUpperCase()}`
            : t('noPhone')}
        </span>
        <span className="w-10 shrink-0 text-end text-ink-3 text-small">
          <DateTime value={binding?.registeredAt} look="time" />
        </span>
      </Link>
    </li>
  );
}

const SKELETON = [0, 1, 2, 3, 4, 5];

/** Rows that are awaited. */
export function PanelSkeleton() {
  return (
    <div aria-busy className="animate-appear">
      {SKELETON.map((row) => (
        <div
          key={row}
          className="flex h-9 items-center justify-between gap-4 border-line border-t px-4 first:border-t-0"
        >
          <Skeleton className="w-1/3" />
          <Skeleton className="w-16" />
        </div>
      ))}
    </div>
  );
}
