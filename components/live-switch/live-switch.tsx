'use client';

import { CircleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { PageHead } from '@/components/patterns/page-head';
import { useNow } from '@/components/patterns/use-now';
import { Status } from '@/components/ui/dot';
import { Notice } from '@/components/ui/notice';
import { formatSpan } from '@/lib/client/format/duration';
import { useIsStale } from '@/lib/client/use-live';
import type { SwitchStatus } from '@/lib/services/health/schemas';
import { BanPanel } from './ban-panel';
import { ListeningPanel } from './listening-panel';
import { LiveCallTable } from './live-call-table';
import { TrunkPanel } from './trunk-panel';
import { useSwitchStatus } from './use-switch-status';
import { VitalSigns } from './vital-signs';

/** The switch now: whether it works, what it does, over which trunks, and whom it shuts out. */
export function LiveSwitch() {
  const t = useTranslations('admin.switch');
  const { status, error } = useSwitchStatus();
  return (
    <>
      <PageHead
        title={t('title')}
        badges={<SwitchState status={status} isSilent={error !== null} />}
        note={status && <UpSince status={status} />}
      />
      <div className="flex flex-col gap-3">
        {error && (
          <Notice tone="red" urgent icon={<CircleAlert aria-hidden />} title={t('failed')}>
            {t('failedText')}
          </Notice>
        )}
        <VitalSigns />
        <LiveCallTable />
        <div className="mt-2 grid items-start gap-3 @4xl:grid-cols-[minmax(0,1fr)_18rem]">
          <div className="flex min-w-0 flex-col gap-3">
            <TrunkPanel />
            <BanPanel />
          </div>
          <ListeningPanel />
        </div>
      </div>
    </>
  );
}

function SwitchState({
  status,
  isSilent,
}: {
  status: SwitchStatus | undefined;
  isSilent: boolean;
}) {
  const t = useTranslations('admin.switch');
  const isStale = useIsStale();
  if (isSilent) return <Status tone="red">{t('silent')}</Status>;
  if (!status) return null;
  if (status.state === 'running') {
    return <Status tone={isStale ? 'never' : 'live'}>{t('live')}</Status>;
  }
  return (
    <Status tone={status.state === 'draining' ? 'amber' : 'waiting'}>{t(status.state)}</Status>
  );
}

function UpSince({ status }: { status: SwitchStatus }) {
  const t = useTranslations('admin.switch');
  const nowMs = useNow();
  if (nowMs === null) return null;
  const up = formatSpan((nowMs - Date.parse(status.startedAt)) / 1_000);
  return (
    <span className="text-small">
      {t('node', { node: status.nodeId.slice(0, SHORT_NODE), up })}
    </span>
  );
}

/** "node-31baee96": enough to tell nodes apart. */
const SHORT_NODE = 13;
