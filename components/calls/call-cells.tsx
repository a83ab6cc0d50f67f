'use client';

import {
  ArrowLeftRight,
  AudioLines,
  Disc,
  PhoneIncoming,
  PhoneMissed,
  PhoneOutgoing,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { CallableNumber } from '@/components/patterns/callable-number';
import { DateTime } from '@/components/patterns/date-time';
import { Duration } from '@/components/patterns/duration';
import { Money } from '@/components/patterns/money';
import { RunningDuration } from '@/components/patterns/running-duration';
import { useNow } from '@/components/patterns/use-now';
import { useViewer } from '@/components/portal/me-context';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { Status } from '@/components/ui/dot';
import { useIsStale } from '@/lib/client/use-live';
import type { WireCall } from '@/lib/services/calls/schemas';
import type { LiveCall } from '@/lib/services/live/schemas';
import { type CallRow, directionOf, type ShownParty } from './call-rows';
import { costSoFar, paidHop } from './live-cost';

const isMissed = (row: CallRow): boolean =>
  row.kind === 'ended' && row.call.direction === 'inbound' && row.call.result !== 'answered';

/** Which way it went; red where somebody called and nobody answered. */
export function DirectionIcon({ row }: { row: CallRow }) {
  const t = useTranslations('calls.directions');
  const direction = directionOf(row);
  const missed = isMissed(row);
  const Icon = missed
    ? PhoneMissed
    : { outbound: PhoneOutgoing, inbound: PhoneIncoming, internal: ArrowLeftRight }[direction];
  return (
    <span className="inline-flex shrink-0">
      <Icon
        aria-hidden
        className={cn(
          missed ? 'text-red-text' : row.kind === 'live' ? 'text-green-text' : 'text-ink-3',
        )}
      />
      <span className="sr-only">{t(direction)}</span>
    </span>
  );
}

/** A number and, in grey, whose it is or where. */
export function Party({ party, className }: { party: ShownParty; className?: string }) {
  return (
    <span className={className}>
      <CallableNumber value={party.number} className="font-medium" />
      {party.name && <span className="ms-1.5 text-ink-3">{party.name}</span>}
    </span>
  );
}

/** When it began, or that it goes on. */
export function StartedCell({ row }: { row: CallRow }) {
  const t = useTranslations('calls');
  const isStale = useIsStale();
  if (row.kind === 'live') {
    return <Status tone={isStale ? 'never' : 'live'}>{t('live')}</Status>;
  }
  return <DateTime value={row.call.startedAt} look="time" className="text-ink-2" />;
}

/** That it was recorded, or is: a mark that stays quiet until it is happening. */
export function RecordedMark({ row }: { row: CallRow }) {
  const t = useTranslations('recordings');
  if (row.kind === 'live') {
    if (row.call.recording === null) return null;
    return (
      <span className="inline-flex items-center text-red-text">
        <Disc aria-hidden className="icon-dense" />
        <span className="sr-only">{t(`live.states.${row.call.recording}`)}</span>
      </span>
    );
  }
  if (!row.call.isRecorded) return null;
  return (
    <span className="inline-flex items-center text-ink-3">
      <AudioLines aria-hidden className="icon-dense" />
      <span className="sr-only">{t('recorded')}</span>
    </span>
  );
}

/** How long was talked; running while it goes on. */
export function TalkedCell({ row }: { row: CallRow }) {
  const isStale = useIsStale();
  if (row.kind === 'live') {
    return <RunningDuration since={row.call.answeredAt} stale={isStale} className="font-medium" />;
  }
  return <Duration seconds={talkedSeconds(row.call)} />;
}

/** Seconds talked of an ended call; null where nobody answered. */
export function talkedSeconds(call: WireCall): number | null {
  return call.answeredAt === null ? null : Math.round(call.durationMs / 1_000);
}

/** What it cost the viewer, or has cost so far. */
export function CostCell({ row }: { row: CallRow }) {
  const { account } = useViewer();
  if (row.kind === 'live') return <RunningCost call={row.call} />;
  const { paid } = row.call;
  return <Money value={paid ?? { amount: '0.000000', currency: account.currency }} />;
}

/** The cost if the call ended now; stands still and fades when the feed is lost. */
export function RunningCost({ call, className }: { call: LiveCall; className?: string }) {
  const { account } = useViewer();
  const isStale = useIsStale();
  const nowMs = useNow();
  const hop = paidHop(call, account.id);
  // What a carrier will charge the operator is settled with the call, not before.
  const free =
    account.kind === 'operator' ? null : { amount: '0.000000', currency: account.currency };
  const talked =
    call.answeredAt === null || nowMs === null ? 0 : (nowMs - Date.parse(call.answeredAt)) / 1_000;
  return (
    <Money
      value={hop === null ? free : costSoFar(hop, talked)}
      className={cn('font-medium', isStale && 'text-ink-3', className)}
    />
  );
}

type RefusalWord = keyof typeof import('@/lib/client/i18n/en/calls.json')['refusals'];

/** Why a call was refused, in a word or two. */
function useRefusalWord(row: CallRow): string | null {
  const t = useTranslations('calls.refusals');
  if (row.kind === 'live' || row.call.result !== 'refused') return null;
  const code = row.call.refusal?.code as RefusalWord | undefined;
  return code !== undefined && t.has(code) ? t(code) : t('other');
}

/** How it came out: quiet, but for what was missed or refused. */
export function ResultCell({ row }: { row: CallRow }) {
  const t = useTranslations('calls');
  const reason = useRefusalWord(row);
  if (reason !== null) return <Badge tone="red">{t('refusedFor', { reason })}</Badge>;
  return <ResultWords row={row} />;
}

/** The same where room is short: words alone. */
export function ShortResult({ row }: { row: CallRow }) {
  const reason = useRefusalWord(row);
  if (reason !== null) return <span className="text-red-text">{reason}</span>;
  return <ResultWords row={row} />;
}

function ResultWords({ row }: { row: CallRow }) {
  const t = useTranslations('calls');
  if (isMissed(row)) return <span className="text-red-text">{t('missed')}</span>;
  return (
    <span className="text-ink-2">
      {row.kind === 'live' ? t(`states.${row.call.state}`) : t(`results.${row.call.result}`)}
    </span>
  );
}
