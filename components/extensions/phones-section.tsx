'use client';

import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { useMay } from '@/components/portal/me-context';
import { EvictButton } from '@/components/registrations/evict-button';
import { phoneAddress } from '@/components/registrations/phone-address';
import { TimeLeft } from '@/components/registrations/time-left';
import { SheetSection } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { useList } from '@/lib/client/use-list';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import { registrationEventSchema } from '@/lib/services/registrations/schemas';
import { deviceName } from './registration-status';

/** What fits without scrolling far; the API has the rest. */
const EVENTS_QUERY = { limit: 20 } as const;

/** The phones that are registered now, and when phones came and were lost. */
export function PhonesSection({ extension }: { extension: WireExtension }) {
  const t = useTranslations('registrations');
  const mayWrite = useMay('extensions.write');
  const { bindings } = extension.registration;
  return (
    <>
      <SheetSection title={t('now')}>
        {bindings.length === 0 && <p className="text-ink-2">{t('noneNow')}</p>}
        <ul className="flex flex-col divide-y divide-line">
          {bindings.map((binding) => (
            <li key={binding.id} className="flex items-center gap-3 py-2">
              <span className="min-w-0 grow">
                <span className="block truncate" title={binding.userAgent}>
                  {deviceName(binding.userAgent)}
                </span>
                <span className="block break-all text-ink-3">
                  {binding.transport.toUpperCase()} · {phoneAddress(binding)}
                </span>
              </span>
              <TimeLeft until={binding.expiresAt} />
              {mayWrite && (
                <EvictButton
                  id={binding.id}
                  device={deviceName(binding.userAgent)}
                  number={extension.number}
                />
              )}
            </li>
          ))}
        </ul>
      </SheetSection>
      <SheetSection title={t('history')}>
        <History extensionId={extension.id} />
      </SheetSection>
    </>
  );
}

function History({ extensionId }: { extensionId: string }) {
  const t = useTranslations('registrations');
  const list = useList({
    path: `/extensions/${extensionId}/registration-events`,
    query: EVENTS_QUERY,
    item: registrationEventSchema,
  });
  if (list.rows === undefined) {
    return list.error ? (
      <p className="text-ink-2">{t('historyFailed')}</p>
    ) : (
      <Skeleton className="h-16 w-full" />
    );
  }
  if (list.rows.length === 0) return <p className="text-ink-2">{t('noHistory')}</p>;
  return (
    <ol className="flex flex-col gap-1">
      {list.rows.map((event) => (
        <li key={event.id} className="flex flex-wrap justify-between gap-x-3">
          <span>
            {t(`causes.${event.cause}`)}{' '}
            <span className="text-ink-3">
              {deviceName(event.userAgent)} · {event.transport.toUpperCase()} {event.address}
            </span>
          </span>
          <DateTime value={event.at} className="text-ink-3" />
        </li>
      ))}
    </ol>
  );
}
