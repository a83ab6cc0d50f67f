import type { ControlClient } from '@/lib/control/client';
import type { CommandResult } from '@/lib/control/commands';
import { formatPerMinute, toWireMoney } from '@/lib/core/money';
import { inChargedCurrency } from '@/lib/core/rating/charged';
import { rateFromSnapshot } from '@/lib/core/rating/snapshot';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { affordableSeconds, type PaidHop } from './internal/affordable';
import { type QuoteCallInput, quoteCallSchema, type WireQuote } from './schemas';

type Hop = Extract<CommandResult<'quote'>, { kind: 'planned' }>['hops'][number];

/**
 * What a call would cost and how long it could last, before it is dialled: the switch's own plan and
 * the funds as they are now, at every hop; the shortest counts, and whose it is stays untold. Nothing is
 * held. Throws NOT_FOUND for an extension that is not in reach, UNAVAILABLE without a switch.
 */
export async function quoteCall(
  context: ServiceContext,
  control: ControlClient,
  input: QuoteCallInput,
): Promise<WireQuote> {
  authorize(context, 'calls.quote');
  const { extensionId, dialled, callAs = null } = parseInput(quoteCallSchema, input);
  const scopePath = context.actor.accountPath;
  const plan = await control.send('quote', { scopePath, extensionId, dialled, callAs });
  if (plan.kind === 'refused') {
    return { ...NOTHING, refusal: { code: plan.code } };
  }
  const { callClass, number, destination, callerId, hops, maxSeconds } = plan;
  const [payer] = hops;
  const seconds = payer ? await affordableSeconds(context, hops.map(toPaidHop)) : maxSeconds;
  const talkSeconds = payer ? Math.min(seconds, maxSeconds) : null;
  return {
    callClass,
    number,
    destination: destination === '' ? null : destination,
    callerId,
    price: payer ? priceOf(payer) : null,
    talkSeconds,
    refusal: talkSeconds === 0 ? { code: 'INSUFFICIENT_FUNDS' } : null,
  };
}

const NOTHING = {
  callClass: null,
  number: null,
  destination: null,
  callerId: null,
  price: null,
  talkSeconds: null,
} as const;

/** As the payer sees it: in the currency that is charged. */
function priceOf({ snapshot }: Hop): NonNullable<WireQuote['price']> {
  const rate = inChargedCurrency(rateFromSnapshot(snapshot));
  const { currency } = rate;
  return {
    currency,
    firstPerMinute: formatPerMinute(rate.firstPerMinuteNano),
    nextPerMinute: formatPerMinute(rate.nextPerMinuteNano),
    firstSeconds: rate.firstSeconds,
    nextSeconds: rate.nextSeconds,
    connectFee: toWireMoney(rate.connectFeeMicro, currency),
    minimum: toWireMoney(rate.minimumMicro, currency),
    noChargeSeconds: rate.noChargeSeconds,
    freeSeconds: rate.freeSeconds,
    band: rate.bandSpans?.[0]?.name ?? null,
    rounding: rate.rounding,
  };
}

function toPaidHop({ accountId, snapshot }: Hop): PaidHop {
  return { accountId, currency: snapshot.currency, terms: rateFromSnapshot(snapshot) };
}
