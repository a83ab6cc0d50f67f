'use client';

import { useTranslations } from 'next-intl';
import { CopyButton } from '@/components/patterns/copy-button';
import { Panel } from '@/components/patterns/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { useSwitchStatus } from './use-switch-status';

const TRANSPORTS = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;

/** Where the switch listens for SIP, by transport, as it told itself. */
export function ListeningPanel() {
  const t = useTranslations('admin.listening');
  const { status } = useSwitchStatus();
  return (
    <Panel title={t('title')}>
      <dl className="divide-y divide-line" aria-busy={status === undefined}>
        {TRANSPORTS.map((transport) => (
          <div key={transport} className="flex min-h-9 items-start gap-3 px-4 py-1">
            <dt className="w-12 shrink-0 text-ink-2 leading-7">{transport.toUpperCase()}</dt>
            <dd className="flex min-h-7 min-w-0 flex-1 flex-col justify-center">
              {status ? (
                <Listening addresses={status.sip[transport]} transport={transport} />
              ) : (
                <Skeleton className="w-32" />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** Each address by itself: IPv4 and IPv6 are typed into different phones. */
function Listening({ addresses, transport }: { addresses: string | null; transport: string }) {
  const t = useTranslations('admin.listening');
  if (addresses === null) return <span className="text-ink-3">{t('off')}</span>;
  return addresses.split(', ').map((address) => (
    <span key={address} className="flex min-w-0 items-center gap-1">
      <span className="break-all text-mono">{address}</span>
      <CopyButton value={address} label={`${transport.toUpperCase()} ${address}`} />
    </span>
  ));
}
