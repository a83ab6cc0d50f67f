import type { ControlClient } from '@/lib/control/client';
import type { CommandResult } from '@/lib/control/commands';
import { formatPerMinute, toWireMoney } from '@/lib/core/money';
import type { PricedTerms } from '@/lib/core/rating/price';
import type { BandSpan } from '@/lib/core/rating/rate';
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

function priceOf(hop: Hop): NonNullable<WireQuote['price']> {
  return {
    currency: hop.currency,
    firstPerMinute: formatPerMinute(BigInt(hop.firstPerMinuteNano)),
    nextPerMinute: formatPerMinute(BigInt(hop.nextPerMinuteNano)),
    firstSeconds: hop.firstSeconds,
    nextSeconds: hop.nextSeconds,
    connectFee: toWireMoney(BigInt(hop.connectFeeMicro), hop.currency),
    minimum: toWireMoney(BigInt(hop.minimumMicro), hop.currency),
    noChargeSeconds: hop.noChargeSeconds,
    freeSeconds: hop.freeSeconds,
    band: hop.bands?.[0]?.name ?? null,
    rounding: hop.rounding,
  };
}

function toPaidHop(hop: Hop): PaidHop {
  return { accountId: hop.accountId, currency: hop.currency, terms: termsOf(hop) };
}

function termsOf(hop: Hop): PricedTerms {
  return {
    rounding: hop.rounding,
    firstSeconds: hop.firstSeconds,
    nextSeconds: hop.nextSeconds,
    noChargeSeconds: hop.noChargeSeconds,
    freeSeconds: hop.freeSeconds,
    firstPerMinuteNano: BigInt(hop.firstPerMinuteNano),
    nextPerMinuteNano: BigInt(hop.nextPerMinuteNano),
    connectFeeMicro: BigInt(hop.connectFeeMicro),
    minimumMicro: BigInt(hop.minimumMicro),
    ...(hop.bands === null ? {} : { bandSpans: hop.bands.map(toSpan) }),
  };
}

function toSpan(band: NonNullable<Hop['bands']>[number]): BandSpan {
  const { fromMs, name } = band;
  const firstPerMinuteNano = BigInt(band.firstPerMinuteNano);
  return { fromMs, name, firstPerMinuteNano, nextPerMinuteNano: BigInt(band.nextPerMinuteNano) };
}
