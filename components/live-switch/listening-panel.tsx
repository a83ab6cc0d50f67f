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
          <div key={transport} className="flex h-9 items-center gap-3 px-4">
            <dt className="w-12 shrink-0 text-ink-2">{transport.toUpperCase()}</dt>
            <dd className="flex min-w-0 flex-1 items-center gap-1">
              {status ? (
                <Listening address={status.sip[transport]} transport={transport} />
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

function Listening({ address, transport }: { address: string | null; transport: string }) {
  const t = useTranslations('admin.listening');
  if (address === null) return <span className="text-ink-3">{t('off')}</span>;
  return (
    <>
      <span className="truncate text-mono">{address}</span>
      <CopyButton value={address} label={`${transport.toUpperCase()} ${address}`} />
    </>
  );
}
