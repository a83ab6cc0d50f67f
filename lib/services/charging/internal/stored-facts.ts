import { z } from 'zod';
import { CALLER_ID_RIGHTS, type PlannedBuy } from '@/lib/core/call-plan/plan';
import type { Rate } from '@/lib/core/rating/rate';
import { type RateSnapshot, rateFromSnapshot, snapshotOf } from '@/lib/core/rating/snapshot';
import type { AnswerFacts, CallFacts, LegFacts } from '@/lib/services/charging/types';

const snapshots = new WeakMap<Rate, RateSnapshot>();

/** A rate as charges and live calls store it; made once for each pinned rate. */
export function storedRate(rate: Rate): RateSnapshot {
  let snapshot = snapshots.get(rate);
  if (!snapshot) {
    snapshot = snapshotOf(rate);
    snapshots.set(rate, snapshot);
  }
  return snapshot;
}

const basics = {
  deckId: z.string(),
  deckName: z.string(),
  deckVersion: z.number(),
  currency: z.string(),
  rounding: z.enum(['half_up', 'half_even', 'up', 'down']),
  prefix: z.string(),
  destination: z.string(),
  firstSeconds: z.number(),
  nextSeconds: z.number(),
  firstPerMinute: z.string(),
  nextPerMinute: z.string(),
  connectFee: z.string(),
  minimum: z.string(),
  noChargeSeconds: z.number(),
  beatenPrefixes: z.array(z.string()),
};

const spanSchema = z.object({
  from: z.string(),
  band: z.string(),
  firstPerMinute: z.string(),
  nextPerMinute: z.string(),
});

const rateSchema = z.discriminatedUnion('v', [
  z.object({ v: z.literal(1), ...basics }),
  z.object({
    v: z.literal(2),
    ...basics,
    freeSeconds: z.number(),
    reverseBilled: z.boolean(),
    bands: z.array(spanSchema).nullable(),
    markup: z.object({ ppm: z.number(), minimumPerMinute: z.string() }).nullable(),
    bundleSeconds: z.number(),
    decimals: z.number(),
    fx: z.object({ deckCurrency: z.string(), rate: z.string() }).nullable(),
  }),
]) satisfies z.ZodType<RateSnapshot>;

/** A snapshot as a charge has it. Throws a ZodError where it is none of ours. */
export function readSnapshot(column: unknown): RateSnapshot {
  return rateSchema.parse(column);
}

const buySchema = z.object({
  carrierId: z.string(),
  buyerAccountId: z.string(),
  rate: rateSchema,
});

const legSchema = z.object({
  seq: z.number(),
  sipCallId: z.string(),
  extensionId: z.string().nullable(),
  trunkId: z.string().nullable(),
  target: z.string(),
  address: z.string(),
  transport: z.string(),
  startedAtMs: z.number(),
  ringingAtMs: z.number().nullable(),
  answeredAtMs: z.number().nullable(),
}) satisfies z.ZodType<LegFacts>;

const id = z.string().nullable();

const schema = z.object({
  v: z.literal(1),
  callClass: z.enum(['internal', 'onnet', 'outbound', 'inbound', 'emergency']),
  accountId: z.string(),
  tenantId: z.string(),
  payerAccountId: id,
  fromExtensionId: id,
  toExtensionId: id,
  peerAccountId: id,
  peerTenantId: id,
  fromNumber: z.string(),
  callerId: z
    .object({
      asked: z.string().nullable(),
      shown: z.string().nullable(),
      right: z.enum(CALLER_ID_RIGHTS),
      isWithheld: z.boolean(),
    })
    .optional(),
  dialled: z.string(),
  toNumber: z.string(),
  destination: z.string().nullable(),
  startedAtMs: z.number(),
  hops: z.array(
    z.object({ buyerAccountId: z.string(), sellerAccountId: z.string(), rate: rateSchema }),
  ),
  buy: buySchema.optional(),
  link: z
    .object({
      callId: z.string(),
      kind: z.enum(['forward', 'transfer', 'attended_transfer', 'pickup']),
    })
    .optional(),
  legs: z.array(legSchema),
  answer: z
    .object({
      answeredAtMs: z.number(),
      trunkId: id,
      attempts: z.number(),
      buy: buySchema.nullable(),
      legs: z.array(legSchema),
    })
    .optional(),
});

/** What a live call's row tells a recoverer. */
export interface StoredCall {
  readonly facts: CallFacts;
  readonly legs: readonly LegFacts[];
  readonly answer: {
    readonly trunkId: string | null;
    readonly attempts: number;
    readonly buy: PlannedBuy | null;
  } | null;
}

function storedBuy({ carrierId, buyerAccountId, rate }: PlannedBuy) {
  return { carrierId, buyerAccountId, rate: storedRate(rate) };
}

function readBuy(stored: z.infer<typeof buySchema>): PlannedBuy {
  return { ...stored, rate: rateFromSnapshot(stored.rate) };
}

/** The facts column of a new live call. */
export function encodeFacts(facts: CallFacts, legs: readonly LegFacts[]): string {
  // What profiles found is for the moment alone.
  const { flags: _flags, velocity: _velocity, ...kept } = facts;
  const hops = facts.hops.map(({ buyerAccountId, sellerAccountId, rate }) => ({
    buyerAccountId,
    sellerAccountId,
    rate: storedRate(rate),
  }));
  const buy = facts.buy && storedBuy(facts.buy);
  return JSON.stringify({ v: 1, ...kept, hops, buy, legs });
}

/** What an answer adds to the facts column. */
export function encodeAnswer(answer: AnswerFacts): string {
  const { answeredAtMs, trunkId, attempts, buy, legs } = answer;
  return JSON.stringify({
    answer: { answeredAtMs, trunkId, attempts, buy: buy && storedBuy(buy), legs },
    ...(answer.link === undefined ? {} : { link: answer.link }),
  });
}

/** Reads the facts column again. Throws a ZodError where it is none of ours. */
export function decodeFacts(column: unknown): StoredCall {
  const { v: _, legs, answer, hops, buy, ...rest } = schema.parse(column);
  return {
    facts: {
      ...rest,
      hops: hops.map((hop) => ({ ...hop, rate: rateFromSnapshot(hop.rate) })),
      ...(buy === undefined ? {} : { buy: readBuy(buy) }),
    },
    legs: answer?.legs ?? legs,
    answer: answer
      ? {
          trunkId: answer.trunkId,
          attempts: answer.attempts,
          buy: answer.buy && readBuy(answer.buy),
        }
      : null,
  };
}
