'use client';

import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { Status } from '@/components/ui/dot';
import type { WireTrunk } from '@/lib/services/trunks/schemas';

/** How a trunk does now, in a line: registered, failed, up with its round trip, down. */
export function TrunkConnection({ trunk }: { trunk: WireTrunk }) {
  const t = useTranslations('carriers.connection');
  const { registration, health, roundTripMs } = trunk.connection;
  if (trunk.state === 'suspended') return <span className="text-ink-3">–</span>;
  if (registration === 'failed') return <Status tone="red">{t('failed')}</Status>;
  if (health === 'down') return <Status tone="red">{t('down')}</Status>;
  if (trunk.connection.demotedUntil !== null) {
    return <Status tone="amber">{t('demoted')}</Status>;
  }
  if (registration === 'registering') return <Status tone="waiting">{t('registering')}</Status>;
  if (registration === 'registered') {
    return (
      <Status tone="live">
        {roundTripMs === null ? t('registered') : t('registeredIn', { ms: roundTripMs })}
      </Status>
    );
  }
  if (health === 'up') return <Status tone="live">{t('up', { ms: roundTripMs ?? 0 })}</Status>;
  if (trunk.kind === 'pbx' && trunk.username !== null) {
    return <Status tone="never">{t('notRegistered')}</Status>;
  }
  return <Status tone="never">{t('unasked')}</Status>;
}

/** The same with since when, until when, and what was last wrong. */
export function TrunkConnectionFacts({ trunk }: { trunk: WireTrunk }) {
  const t = useTranslations('carriers.connection');
  const { registration, registeredUntil, registrationSince, health, healthSince } =
    trunk.connection;
  const { errorStatus, errorText, demotedUntil, demotedWhy } = trunk.connection;
  const since = registration === null ? (health === null ? null : healthSince) : registrationSince;
  return (
    <span className="flex min-w-0 flex-col gap-0.5">
      <TrunkConnection trunk={trunk} />
      {registration === 'registered' && registeredUntil !== null && (
        <span className="text-ink-3 text-small">
          {t('until')} <DateTime value={registeredUntil} />
        </span>
      )}
      {registration !== 'registered' && since !== null && (
        <span className="text-ink-3 text-small">
          {t('since')} <DateTime value={since} />
        </span>
      )}
      {demotedUntil !== null && (
        <span className="break-words text-amber-text text-small">
          {t('demotedUntil')} <DateTime value={demotedUntil} />: {demotedWhy}
        </span>
      )}
      {errorText !== null && (
        <span className="break-words text-red-text text-small">
          {errorStatus === null ? errorText : `${errorStatus} ${errorText}`}
        </span>
      )}
    </span>
  );
}
