'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { DateTime } from '@/components/patterns/date-time';
import { FigureStrip } from '@/components/patterns/figure-strip';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { PageSkeleton } from '@/components/portal/page-skeleton';
import { LiveRecordingControl, LiveRecordingMark } from '@/components/recordings/live-recording';
import { PageCrumbs } from '@/components/shell/crumbs';
import { SignallingPanel } from '@/components/signalling/signalling-panel';
import { ButtonLink } from '@/components/ui/button';
import { Status } from '@/components/ui/dot';
import { Notice } from '@/components/ui/notice';
import { TableFrame } from '@/components/ui/table';
import { showNumber } from '@/lib/client/format/phone';
import { useIsStale, useLiveEvents } from '@/lib/client/use-live';
import type { LiveCall } from '@/lib/services/live/schemas';
import { RunningCost, TalkedCell } from './call-cells';
import { CallTitle } from './call-detail';
import type { CallRow } from './call-rows';
import { HangUpButton } from './hang-up-button';
import { useLiveCalls } from './use-live-calls';

/** A call's record is written in a group just after its end: asked for this often until it is there. */
const ASK_AGAIN_MS = 1_000;
/** Longer than this no record takes. */
const MAX_ASKS = 10;

/** A call without a record: it goes on, it has just ended, or it is not there. */
export function CallPending({ callId, home = '/calls' }: { callId: string; home?: string }) {
  const live = useLiveCalls();
  const call = live.calls.find((one) => one.callId === callId && one.state !== 'ended');
  const [seen, setSeen] = useState<LiveCall | null>(null);
  if (call && call !== seen) setSeen(call);
  const isEnding = useRecordOnceEnded(callId, seen !== null && call === undefined);
  if (call) return <OngoingCall call={call} isEnding={false} />;
  if (seen) return <OngoingCall call={seen} isEnding={isEnding} />;
  return live.isKnown ? <MissingCall home={home} /> : <PageSkeleton />;
}

/** Asks for the record of a call that was seen and is over. */
function useRecordOnceEnded(callId: string, isGone: boolean): boolean {
  const router = useRouter();
  const [hasEnded, setEnded] = useState(false);
  useLiveEvents((news) => {
    if (news.type === 'call.ended' && news.call.callId === callId) setEnded(true);
  });
  const isOver = hasEnded || isGone;
  useEffect(() => {
    if (!isOver) return;
    let asks = 0;
    const timer = setInterval(() => {
      asks += 1;
      router.refresh();
      if (asks === MAX_ASKS) clearInterval(timer);
    }, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isOver, router]);
  return isOver;
}

function OngoingCall({ call, isEnding }: { call: LiveCall; isEnding: boolean }) {
  const t = useTranslations('calls');
  const isStale = useIsStale();
  const mayHangUp = useMay('calls.hangUp');
  const row: CallRow = { kind: 'live', id: call.callId, call };
  const { from, to } = call;
  const label = t('page.title', {
    from: showNumber(from.number).text,
    to: showNumber(to.number).text,
  });
  return (
    <>
      <PageCrumbs crumbs={[{ label }]} />
      <PageHead
        title={<CallTitle from={from} to={to} />}
        badges={
          !isEnding && (
            <>
              <Status tone={isStale ? 'never' : 'live'}>{t('live')}</Status>
              <LiveRecordingMark call={call} />
            </>
          )
        }
        actions={
          !isEnding && (
            <>
              <LiveRecordingControl call={call} />
              {mayHangUp && <HangUpButton callId={call.callId} look="words" />}
            </>
          )
        }
      />
      <div className="flex flex-col gap-3">
        <FigureStrip
          size="fact"
          figures={[
            {
              label: t('page.started'),
              value: <DateTime value={call.startedAt} look="exact" />,
            },
            { label: t('page.destination'), value: call.destination ?? '–' },
            { label: t('pending.state'), value: t(`states.${isEnding ? 'ended' : call.state}`) },
            { label: t('page.talked'), value: isEnding ? '–' : <TalkedCell row={row} /> },
            { label: t('pending.soFar'), value: isEnding ? '–' : <RunningCost call={call} /> },
          ]}
        />
        <Notice tone="neutral">{t(isEnding ? 'pending.ending' : 'pending.note')}</Notice>
        <SignallingPanel callId={call.callId} isLive />
      </div>
    </>
  );
}

function MissingCall({ home }: { home: string }) {
  const t = useTranslations('calls');
  return (
    <>
      <PageHead title={t('title')} />
      <TableFrame>
        <EmptyState
          title={t('pending.missing')}
          action={
            <ButtonLink href={home} size="sm">
              {t('pending.toList')}
            </ButtonLink>
          }
        >
          {t('pending.missingText')}
        </EmptyState>
      </TableFrame>
    </>
  );
}
