'use client';

import { Check, OctagonPause } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { RunningDuration } from '@/components/patterns/running-duration';
import { Notice } from '@/components/ui/notice';
import { Spinner } from '@/components/ui/spinner';
import { useIsStale } from '@/lib/client/use-live';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import type { RefusedAttempts } from './queries';
import { deviceName } from './registration-status';

export interface RegistrationNoticeProps {
  extension: WireExtension;
  refused: RefusedAttempts | undefined;
  /** Since when the sheet is open, ISO 8601. */
  openedAt: string;
}

/** Waiting → wrong password, with time and address → registered; turns by itself. */
export function RegistrationNotice({ extension, refused, openedAt }: RegistrationNoticeProps) {
  const t = useTranslations('extensions');
  const isStale = useIsStale();
  if (extension.state === 'suspended') {
    return (
      <Notice tone="amber" icon={<OctagonPause aria-hidden />} title={t('notice.suspended')}>
        {t('notice.suspendedText')}
      </Notice>
    );
  }
  const { bindings } = extension.registration;
  if (bindings.length > 0) return <RegisteredNotice bindings={bindings} />;
  const isFirst = extension.secret.revealedAt === null || isNew(extension);
  return (
    <Notice
      tone={refused ? 'amber' : 'accent'}
      icon={<Spinner />}
      title={t(isFirst ? 'notice.waiting' : 'notice.waitingAgain')}
      aside={<RunningDuration since={openedAt} stale={isStale} className="text-ink-3" />}
    >
      {refused
        ? t.rich('notice.attempts', {
            count: refused.count,
            time: () => <DateTime value={refused.at} look="seconds" />,
            address: refused.address,
            reason: t(`refusedReason.${refused.reason}`),
          })
        : t('notice.waitingText')}
    </Notice>
  );
}

/** Set up within the last quarter of an hour: the phone is being entered just now. */
const NEW_MS = 15 * 60_000;
const isNew = (extension: WireExtension): boolean =>
  Date.parse(extension.secret.setAt) > Date.now() - NEW_MS;

function RegisteredNotice({ bindings }: { bindings: WireExtension['registration']['bindings'] }) {
  const t = useTranslations('extensions.notice');
  return (
    <Notice
      tone="green"
      icon={<Check aria-hidden />}
      title={
        bindings.length === 1 ? t('registered') : t('registeredMany', { count: bindings.length })
      }
    >
      <ul>
        {bindings.map((binding) => (
          <li key={binding.id} className="flex flex-wrap justify-between gap-x-3">
            <span>
              {deviceName(binding.userAgent)},{' '}
              {t('via', {
                transport: binding.transport.toUpperCase(),
                address: `${binding.address}:${binding.port}`,
              })}
            </span>
            <span className="text-ink-3">
              {t('since')} <DateTime value={binding.registeredAt} look="time" />
            </span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
