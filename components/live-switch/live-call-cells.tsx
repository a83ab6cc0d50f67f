'use client';

import { useTranslations } from 'next-intl';
import { costSoFar } from '@/components/calls/live-cost';
import { Money } from '@/components/patterns/money';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { RunningDuration } from '@/components/patterns/running-duration';
import { useNow } from '@/components/patterns/use-now';
import { useViewer } from '@/components/portal/me-context';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import { useIsStale } from '@/lib/client/use-live';
import type { LiveCall } from '@/lib/services/live/schemas';
import { useCallOwner } from './names';

/** How long it is talked, or has been dialled and rung. */
export function ForCell({ call }: { call: LiveCall }) {
  const isStale = useIsStale();
  return (
    <RunningDuration
      since={call.answeredAt ?? call.startedAt}
      stale={isStale}
      className={call.answeredAt === null ? 'text-ink-3' : undefined}
    />
  );
}

/** Whose call it is. */
export function OwnerCell({ call }: { call: LiveCall }) {
  const name = useCallOwner(call);
  if (name === null) return <Skeleton className="w-16" />;
  return <span className="font-medium">{name}</span>;
}

/** "101 to +44 20 7946 0018". */
export function CallCell({ call }: { call: LiveCall }) {
  const t = useTranslations('admin.live');
  return t.rich('toWhom', {
    from: () => <PhoneNumber value={call.from.number} />,
    to: () => <PhoneNumber value={call.to.number} className="font-medium" />,
    grey: (chunks) => <span className="text-ink-3">{chunks}</span>,
  });
}

/** What it does: talking is quiet, what has still to come about is not. */
export function StateCell({ call }: { call: LiveCall }) {
  const t = useTranslations('calls.states');
  const isStale = useIsStale();
  const isWaiting = call.state === 'ringing' || call.state === 'dialling';
  return (
    <span className={cn(isWaiting && !isStale ? 'font-medium text-accent-text' : 'text-ink-2')}>
      {t(call.state)}
    </span>
  );
}

type Side = 'price' | 'earned';

interface HopQuestion {
  side: Side;
  viewerId: string;
}

/** Where the money of a call is looked at: what its account pays, or what the viewer is paid. */
function hopAt(call: LiveCall, { side, viewerId }: HopQuestion) {
  if (side === 'earned') return call.hops.find((hop) => hop.sellerAccountId === viewerId);
  const [first] = [...call.hops].sort((left, right) => left.hop - right.hop);
  return first;
}

/** What it would come to if it ended now; stands still and fades when the feed is lost. */
export function SoFarCell({ call, side }: { call: LiveCall; side: Side }) {
  const t = useTranslations('admin.live');
  const isStale = useIsStale();
  const nowMs = useNow();
  const { account } = useViewer();
  const hop = hopAt(call, { side, viewerId: account.id });
  if (!hop) return <span className="text-ink-3">{side === 'price' ? t('freeOfCharge') : '–'}</span>;
  const zero = { amount: '0.000000', currency: hop.perMinute.currency };
  if (call.answeredAt === null || nowMs === null) return <Money value={zero} />;
  const talkedSeconds = (nowMs - Date.parse(call.answeredAt)) / 1_000;
  return (
    <Money
      value={costSoFar(hop, talkedSeconds)}
      className={cn(side === 'price' && 'font-medium', isStale && 'text-ink-3')}
    />
  );
}
