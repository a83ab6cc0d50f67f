import { z } from 'zod';
import { CALLER_ID_RIGHTS } from '@/lib/core/call-plan/plan';
import { liveCallSchema } from '@/lib/services/live/schemas';
import {
  idSchema,
  moneySchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

export const callDirectionSchema = z.enum(['outbound', 'inbound', 'internal']);
/** How a call came out, for those who look at a list of them. */
export const callResultSchema = z.enum([
  'answered',
  'busy',
  'no_answer',
  'cancelled',
  'refused',
  'failed',
]);

const filterShape = {
  accountId: idSchema.optional(),
  extensionId: idSchema.optional(),
  direction: callDirectionSchema.optional(),
  result: callResultSchema.optional(),
  /** Part of either number, or of the destination's name. */
  search: z.string().trim().max(100).optional(),
  /** Begun at or after this moment … */
  from: timestampSchema.optional(),
  /** … and before this one. */
  to: timestampSchema.optional(),
};

export const listCallsSchema = pageQuerySchema.extend(filterShape);
export const exportCallsSchema = z.object(filterShape);

const partySchema = z.object({
  number: z.string(),
  /** Set where the extension lies in the viewer's subtree. */
  extensionId: idSchema.nullable(),
  extensionName: z.string().nullable(),
});

const refusalSchema = z.object({
  code: z.string(),
  text: z.string(),
  /** The account at which it was refused, where the viewer may know. */
  hop: z.object({ id: idSchema, name: z.string() }).nullable(),
});

const callShape = {
  id: idSchema,
  class: z.enum(['internal', 'onnet', 'outbound', 'inbound', 'emergency']),
  direction: callDirectionSchema,
  result: callResultSchema,
  /** Whose call it is in the viewer's subtree. */
  account: z.object({ id: idSchema, name: z.string() }),
  from: partySchema,
  to: partySchema,
  /** As dialled; null for those who were called. */
  dialled: z.string().nullable(),
  destination: z.string().nullable(),
  startedAt: timestampSchema,
  ringingAt: timestampSchema.nullable(),
  answeredAt: timestampSchema.nullable(),
  endedAt: timestampSchema,
  durationMs: z.number().int(),
  hungUpBy: z.enum(['caller', 'callee', 'switch', 'node_failure']).nullable(),
  sipStatus: z.number().int(),
  q850Cause: z.number().int().nullable(),
  refusal: refusalSchema.nullable(),
  /** Your own account has a recording of it. */
  isRecorded: z.boolean(),
  /** What whose call it is pays, where the viewer pays or gets it (the operator: always). */
  price: moneySchema.nullable(),
  /** What the viewer's own account pays, and is paid, for this call. */
  paid: moneySchema.nullable(),
  earned: moneySchema.nullable(),
};

export const callSchema = z.object(callShape);
export const callPageSchema = pageOf(callSchema);

const legSchema = z.object({
  id: idSchema,
  /** 0 is the caller's leg; attempts follow in order. */
  seq: z.number().int(),
  kind: z.enum(['extension', 'carrier']),
  extensionId: idSchema.nullable(),
  /** The operator's alone. */
  trunk: z.object({ id: idSchema, name: z.string() }).nullable(),
  sipCallId: z.string().nullable(),
  target: z.string().nullable(),
  address: z.string().nullable(),
  transport: z.string().nullable(),
  startedAt: timestampSchema,
  ringingAt: timestampSchema.nullable(),
  answeredAt: timestampSchema.nullable(),
  endedAt: timestampSchema,
  sipStatus: z.number().int(),
  q850Cause: z.number().int().nullable(),
  codec: z.string().nullable(),
  media: z.unknown(),
});

const payeeSchema = z.object({
  kind: z.enum(['account', 'carrier']),
  id: idSchema,
  name: z.string(),
});

/** Some billed seconds in a row that cost the same a minute. */
const pricePartSchema = z.object({
  /** Free at the beginning, out of a bundle, in the first increment, or in those after it. */
  kind: z.enum(['free', 'bundle', 'first', 'next']),
  seconds: z.number().int(),
  perMinute: z.string(),
  /** The part of the week; null = the same price at all times. */
  band: z.string().nullable(),
});

/** Why a hop costs what it costs: the pinned rate and what it was applied to. */
export const hopSchema = z.object({
  hop: z.number().int(),
  payer: z.object({ id: idSchema, name: z.string() }),
  payee: payeeSchema,
  amount: moneySchema,
  ratedSeconds: z.number().int(),
  billedSeconds: z.number().int(),
  /** null for a hop that is free by rule. */
  rate: z
    .object({
      deckName: z.string(),
      deckVersion: z.number().int(),
      prefix: z.string(),
      destination: z.string(),
      firstPerMinute: z.string(),
      perMinute: z.string(),
      first: z.number().int(),
      next: z.number().int(),
      connectFee: z.string(),
      minimum: z.string(),
      noChargeSeconds: z.number().int(),
      rounding: z.string(),
      beatenPrefixes: z.array(z.string()),
      /** The number called pays. */
      reverseBilled: z.boolean(),
      /** What the payee puts on top of what it pays itself; for itself and the operator. */
      markup: z.object({ ppm: z.number().int(), minimumPerMinute: z.string() }).nullable(),
      /** Where prices stand in another currency: which, and what one of it was worth at the INVITE. */
      fx: z.object({ deckCurrency: z.string(), rate: z.string() }).nullable(),
    })
    .nullable(),
  /** In the order of the billed seconds. */
  parts: z.array(pricePartSchema),
  /** Whether the price, computed again from what was stored with it, is the same; null: free by rule. */
  replays: z.boolean().nullable(),
  /** Where it took the place of an earlier charge, which was reversed: what that was, and why. */
  correction: z
    .object({ was: moneySchema, reason: z.string(), correctedAt: timestampSchema })
    .nullable(),
  /** What the payee keeps after paying its own seller, and which part of the amount; for itself and the operator. */
  keeps: z.object({ amount: moneySchema, share: z.string().nullable() }).nullable(),
});

/** Another call of the same conversation: a forward or a transfer has a payer and a price of its own. */
export const callLinkSchema = z.object({
  callId: idSchema,
  relation: z.enum(['continues', 'continued_by']),
  kind: z.enum(['forward', 'transfer', 'attended_transfer', 'pickup']),
  /** The number that call went to; of who picked this one up the number that it came from. */
  number: z.string(),
});

const callerIdSchema = z.object({
  /** What the caller asked to be shown as, as received; null = nothing, or withheld from us. */
  asked: z.string().nullable(),
  /** What was shown, in E.164 or as an extension; null = nothing. */
  shown: z.string().nullable(),
  /** Why it may be: its own, proven, by default, asserted by a trusted trunk, passed on. */
  right: z.enum(CALLER_ID_RIGHTS),
  /** What of it was proven: the number is the caller's own, was proven to be, or nothing was. */
  proven: z.enum(['owned', 'verified', 'none']),
  isWithheld: z.boolean(),
});

export const callDetailSchema = z.object({
  ...callShape,
  nodeId: z.string().nullable(),
  ratedSeconds: z.number().int(),
  attempts: z.number().int(),
  codec: z.string().nullable(),
  media: z.unknown(),
  /** How the caller was shown to the called side; null for those who were called on-net. */
  callerId: callerIdSchema.nullable(),
  /** The called number's digits, which prefixes were matched against. */
  dialledDigits: z.string(),
  /** Those that the viewer may see. */
  links: z.array(callLinkSchema),
  legs: z.array(legSchema),
  hops: z.array(hopSchema),
});

export const liveCallQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});

export const liveCallPageSchema = z.object({
  items: z.array(liveCallSchema),
  /** All in the subtree, also beyond the limit. */
  total: z.number().int(),
});

export type CallDirection = z.infer<typeof callDirectionSchema>;
export type CallResult = z.infer<typeof callResultSchema>;
export type LiveCallQuery = z.input<typeof liveCallQuerySchema>;
export type ListCallsInput = z.input<typeof listCallsSchema>;
export type ExportCallsInput = z.input<typeof exportCallsSchema>;
export type CallFilter = z.output<typeof exportCallsSchema>;
export type WireCall = z.infer<typeof callSchema>;
export type WireCallLink = z.infer<typeof callLinkSchema>;
export type WireLeg = z.infer<typeof legSchema>;
export type WireHop = z.infer<typeof hopSchema>;
export type WireCallerId = z.infer<typeof callerIdSchema>;
export type WireCallDetail = z.infer<typeof callDetailSchema>;

export const quoteCallSchema = z.object({
  /** Who would call. */
  extensionId: idSchema,
  /** As the phone would dial it. */
  dialled: z.string().trim().min(1).max(64),
  /** The number it asks to be shown as, E.164; what it may not show is not shown. */
  callAs: z.string().trim().max(32).optional(),
});

export const originateCallSchema = z.object({
  /** Whose phones ring first, and who then calls. */
  extensionId: idSchema,
  /** As the phone would dial it. */
  dialled: z.string().trim().min(1).max(64),
  /** The number it asks to be shown as, E.164; what it may not show is not shown. */
  callAs: z.string().trim().max(32).optional(),
});

/** The call that is to be. */
export const originatedCallSchema = z.object({ callId: idSchema });

export const quoteSchema = z.object({
  callClass: z.enum(['internal', 'onnet', 'outbound', 'inbound', 'emergency']).nullable(),
  /** The number that it means; null where it means none. */
  number: z.string().nullable(),
  /** As the price list calls it. */
  destination: z.string().nullable(),
  /** What the other side is shown. */
  callerId: z.string().nullable(),
  /** null: free, or refused. */
  price: z
    .object({
      currency: z.string(),
      firstPerMinute: z.string(),
      nextPerMinute: z.string(),
      firstSeconds: z.number().int(),
      nextSeconds: z.number().int(),
      connectFee: moneySchema,
      /** The least that an answered call costs. */
      minimum: moneySchema,
      /** Shorter ones cost nothing. */
      noChargeSeconds: z.number().int(),
      /** The first seconds cost nothing by the minute. */
      freeSeconds: z.number().int(),
      /** The part of the week in which these prices hold; null = at all times. */
      band: z.string().nullable(),
      rounding: z.enum(['up', 'down', 'half_up', 'half_even']),
    })
    .nullable(),
  /** How long the tightest limit lets it last; null: free, or refused. */
  talkSeconds: z.number().int().nullable(),
  /** Why it would not be put through; null: it would. */
  refusal: z.object({ code: z.string() }).nullable(),
});

export type OriginateCallInput = z.input<typeof originateCallSchema>;
export type QuoteCallInput = z.input<typeof quoteCallSchema>;
export type WireQuote = z.infer<typeof quoteSchema>;

/** What a simulated call lasts unless it is said: the length by which routes are compared. */
export const SIMULATED_SECONDS = 300;
const MAX_SIMULATED_SECONDS = 86_400;

/** Who would call whom, when and for how long; exactly one of `extensionId` and `accountId`. */
export const simulateCallSchema = z
  .object({
    /** Who would call. */
    extensionId: idSchema.optional(),
    /** In place of an extension: the account's first one. */
    accountId: idSchema.optional(),
    /** As a phone would dial it. */
    dialled: z.string().trim().min(1).max(64),
    /** The number it asks to be shown as, E.164. */
    callAs: z.string().trim().max(32).optional(),
    /** When it would begin: now unless given. Prices follow; limits are those of this moment. */
    at: timestampSchema.optional(),
    seconds: z.coerce.number().int().min(1).max(MAX_SIMULATED_SECONDS).default(SIMULATED_SECONDS),
  })
  .refine(
    ({ extensionId, accountId }) => (extensionId === undefined) !== (accountId === undefined),
    {
      message: 'give either extensionId or accountId',
      path: ['extensionId'],
    },
  );

const simulatedHopSchema = hopSchema.extend({
  /** The rate is of the payer's own, and so came before its sell deck. */
  isOwnRate: z.boolean(),
});

const routeSchema = z.object({
  /** 1 is tried first; null: it is not tried. */
  place: z.number().int().nullable(),
  trunk: z.object({ id: idSchema, name: z.string() }),
  carrier: z.object({ id: idSchema, name: z.string() }).nullable(),
  /** What is dialled there, before the trunk's own translation of numbers. */
  number: z.string().nullable(),
  /** Behind the others for a while, as too few of its calls work. */
  isDemoted: z.boolean(),
  /** Why it is not tried. */
  skipped: z.string().nullable(),
  /** What the carrier takes for the asked duration, and what the operator keeps of what it gets. */
  cost: moneySchema.nullable(),
  keeps: moneySchema.nullable(),
  /** By what routes are compared: 300 s, fees included. */
  cost300: moneySchema.nullable(),
  price300: moneySchema.nullable(),
});

export const simulationSchema = z.object({
  caller: z.object({
    extensionId: idSchema,
    number: z.string(),
    domain: z.string(),
    account: z.object({ id: idSchema, name: z.string() }),
  }),
  at: timestampSchema,
  seconds: z.number().int(),
  callClass: z.enum(['internal', 'onnet', 'outbound', 'inbound', 'emergency']).nullable(),
  /** The number that it means; null where it means none. */
  number: z.string().nullable(),
  /** What the other side is shown, and by what right. */
  callerId: z.object({ number: z.string().nullable(), right: z.string() }).nullable(),
  /** How long the limits let it last; null: it is refused. */
  maxSeconds: z.number().int().nullable(),
  /** How long the funds at every hop would let it last as well; null: free, or refused. */
  talkSeconds: z.number().int().nullable(),
  /** Why it would not be put through. */
  refusal: z
    .object({
      code: z.string(),
      text: z.string(),
      hop: z.object({ id: idSchema, name: z.string() }).nullable(),
    })
    .nullable(),
  /** What everyone pays for the asked duration over the first route, as far as the viewer may see. */
  hops: z.array(simulatedHopSchema),
  /** In the order they would be tried, then those that would not; the operator's alone. */
  routes: z.array(routeSchema).nullable(),
});

export type SimulateCallInput = z.input<typeof simulateCallSchema>;
export type WireSimulation = z.infer<typeof simulationSchema>;
export type WireSimulatedRoute = NonNullable<WireSimulation['routes']>[number];
