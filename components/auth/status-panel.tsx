'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useSyncExternalStore } from 'react';
import { DateTime } from '@/components/patterns/date-time';
import { Dot, Status, type StatusTone } from '@/components/ui/dot';
import { Skeleton } from '@/components/ui/skeleton';
import { type ComponentState, type Health, healthSchema } from '@/lib/services/health/schemas';

const REFETCH_MS = 15_000;

/** In the order in which people ask. */
const PARTS = ['switch', 'web', 'database', 'worker'] as const;

const TONES: Record<ComponentState, StatusTone> = { ok: 'healthy', down: 'red', unknown: 'never' };

async function fetchHealth({ signal }: { signal: AbortSignal }): Promise<Health> {
  const response = await fetch('/api/health', { signal });
  // 503 is an answer, too: it says what is down.
  return healthSchema.parse(await response.json());
}

/** Whether the parts of the service work now. It tells what was just asked, and no history. */
export function StatusPanel() {
  const t = useTranslations('auth.status');
  const health = useQuery({
    queryKey: ['health'],
    queryFn: fetchHealth,
    refetchInterval: REFETCH_MS,
    retry: false,
  });
  return (
    <>
      <section aria-label={t('title')}>
        <StatusHead health={health.data} failed={health.isError} />
        <dl className="mt-4 flex flex-col gap-3">
          {PARTS.map((part) => (
            <div key={part} className="flex items-center justify-between gap-4">
              <dt>{t(`parts.${part}`)}</dt>
              <dd>
                <PartState state={health.data?.components[part]} failed={health.isError} />
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <section>
        <h2 className="font-semibold text-base">{t('phones')}</h2>
        <p className="mt-1 text-ink-2">{t('phonesText')}</p>
      </section>
    </>
  );
}

function StatusHead({ health, failed }: { health: Health | undefined; failed: boolean }) {
  const t = useTranslations('auth.status');
  const timeZone = useBrowserZone();
  const isDown = failed || health?.status === 'down';
  const tone: StatusTone = isDown ? 'red' : health ? 'healthy' : 'waiting';
  const words = failed
    ? t('unreachable')
    : health === undefined
      ? t('checking')
      : health.status === 'ok'
        ? t('running')
        : t('down', { count: health.down.length });
  return (
    <div className="flex items-baseline justify-between gap-4">
      <h2 className="flex items-center gap-2 font-semibold text-base" aria-live="polite">
        <Dot tone={tone} />
        {words}
      </h2>
      {health && (
        <span className="shrink-0 text-ink-2 text-small">
          {t.rich('checked', {
            time: () => <DateTime value={health.checkedAt} look="time" timeZone={timeZone} />,
          })}
        </span>
      )}
    </div>
  );
}

function PartState({ state, failed }: { state: ComponentState | undefined; failed: boolean }) {
  const t = useTranslations('auth.status.states');
  if (state === undefined && !failed) return <Skeleton className="h-4 w-16" />;
  const shown = failed || state === undefined ? 'unknown' : state;
  return <Status tone={TONES[shown]}>{t(shown)}</Status>;
}

const never = () => () => undefined;

/** The browser's own zone; UTC while the server renders. */
function useBrowserZone(): string {
  return useSyncExternalStore(
    never,
    () => new Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => 'UTC',
  );
}
