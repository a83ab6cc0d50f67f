'use client';

import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { Badge } from '@/components/ui/badge';
import { Status } from '@/components/ui/dot';
import { useIsStale } from '@/lib/client/use-live';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import type { RefusedAttempts } from './queries';

export interface RegistrationStatusProps {
  extension: WireExtension;
  refused: RefusedAttempts | undefined;
  /** Its sheet is open and somebody sets up the phone. */
  isAwaited?: boolean | undefined;
}

/** Whether a phone is there: quiet where it is, loud where one was turned away. */
export function RegistrationStatus({ extension, refused, isAwaited }: RegistrationStatusProps) {
  const t = useTranslations('extensions');
  const isStale = useIsStale();
  if (extension.state === 'suspended') return <Badge tone="amber">{t('suspended')}</Badge>;
  if (extension.registration.registered) {
    return (
      <Status tone="healthy" className={isStale ? 'text-ink-3' : 'text-ink'}>
        {t('registered')}
      </Status>
    );
  }
  if (refused) {
    return (
      <Status tone="red">
        {t('wrongSecret')} <DateTime value={refused.at} look="time" />
      </Status>
    );
  }
  if (isAwaited) return <Status tone="waiting">{t('waitingPhone')}</Status>;
  return <Status tone="never">{t('notRegistered')}</Status>;
}

/** What is registered: "Yealink T54W TLS". */
export function DeviceWords({ extension }: { extension: WireExtension }) {
  const [first, ...more] = extension.registration.bindings;
  if (!first) return <span className="text-ink-3">–</span>;
  return (
    <span>
      {deviceName(first.userAgent)}{' '}
      <span className="text-ink-3">
        {first.transport.toUpperCase()}
        {more.length > 0 && ` +${more.length}`}
      </span>
    </span>
  );
}

/** A User-Agent header without its versions: "Yealink SIP-T54W 96.86.0.75" → "Yealink SIP-T54W". */
export function deviceName(userAgent: string): string {
  const words = userAgent
    .replace(/[/(].*$/u, '')
    .trim()
    .split(/\s+/u);
  const name = words.filter((word) => !/^v?\d+(\.\d+)+$/iu.test(word)).join(' ');
  return name === '' ? 'SIP' : name;
}
