import { z } from 'zod';
import {
  amountInputSchema,
  currencySchema,
  idSchema,
  nameSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  perMinuteInputSchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const kindSchema = z.enum(['sell', 'buy']);
const versionStateSchema = z.enum(['draft', 'active', 'retired']);
const pricingSchema = z.enum(['rates', 'markup']);
const roundingSchema = z.enum(['half_up', 'half_even', 'up', 'down']);

/** Rates in one request; larger price lists are imported by file. */
const MAX_RATES = 5_000;

/** E.164 digits without "+"; empty matches everything. */
const prefixSchema = z.string().regex(/^(|[1-9]\d{0,14})$/, 'must be up to 15 digits without "+"');

/** Up to 10,000 %, with up to four decimals. */
const percentSchema = z
  .string()
  .regex(/^\d{1,5}(\.\d{1,4})?$/, 'must be a decimal string such as "12.5"');

const secondsSchema = z.number().int().max(3_600);

export const rateInputSchema = z
  .object({
    prefix: prefixSchema,
    destination: z.string().trim().max(100).default(''),
    /** The price of a minute, within the first increment and after it; none in a mark-up deck. */
    perMinute: perMinuteInputSchema.optional(),
    /** Where the first increment has a price of its own. */
    firstPerMinute: perMinuteInputSchema.optional(),
    /** Both are needed but in a mark-up deck, which has its owner's. */
    first: secondsSchema.min(0).optional(),
    next: secondsSchema.min(1).optional(),
    connectFee: amountInputSchema.default('0'),
    minimum: amountInputSchema.default('0'),
    /** Calls shorter than this are free of everything. */
    noChargeSeconds: secondsSchema.min(0).default(0),
    /** The first seconds of a charged call cost nothing by the minute. */
    freeSeconds: secondsSchema.min(0).default(0),
    /** A rate of calls that come in: the number called pays. */
    reverseBilled: z.boolean().default(false),
    /** The place, from 1, among the bands of the version; 0 = at all times. */
    band: z.number().int().min(0).max(31).default(0),
    /** In a mark-up deck: per cent on what its owner pays. */
    markupPercent: percentSchema.optional(),
    /** In a mark-up deck: on top of a minute at least. */
    markupMinimum: perMinuteInputSchema.optional(),
    /** Not sold (or bought) here at all; no shorter prefix takes over. */
    blocked: z.boolean().default(false),
    validFrom: timestampSchema.nullish(),
    validTo: timestampSchema.nullish(),
  })
  .refine(
    ({ validFrom, validTo }) => !validFrom || !validTo || validFrom < validTo,
    'ends before it begins',
  );

const windowSchema = z.object({
  /** 1 = Monday … 7 = Sunday. */
  days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  /** "HH:MM", by the wall clock. */
  from: z.string().max(5),
  /** "HH:MM" or "24:00"; earlier than `from`: on the next day. */
  to: z.string().max(5),
});

/** The bands of a version: they cover the week, each moment once. */
export const bandPlanSchema = z.object({
  /** IANA: where the wall clock hangs. */
  timeZone: z.string().min(1).max(64),
  bands: z
    .array(
      z.object({
        name: z.string().trim().min(1).max(40),
        windows: z.array(windowSchema).min(1).max(50),
      }),
    )
    .min(1)
    .max(31),
});

const ratesSchema = z.array(rateInputSchema).max(MAX_RATES);

export const listDecksSchema = pageQuerySchema.extend({
  kind: kindSchema.optional(),
  accountId: idSchema.optional(),
  search: z.string().trim().max(100).optional(),
});

export const listRatesSchema = pageQuerySchema.extend({
  /** Left out: the active version, else the newest. */
  version: z.coerce.number().int().min(1).optional(),
  /** The beginning of a prefix, or part of a destination's name. */
  search: z.string().trim().max(100).optional(),
});

export const exportRatesSchema = z.object({
  /** Left out: the active version, else the newest. */
  version: z.coerce.number().int().min(1).optional(),
  format: z.enum(['csv', 'xlsx']).default('csv'),
});

export const createDeckSchema = z.object({
  name: nameSchema,
  kind: kindSchema,
  /** Left out: the account's. */
  currency: currencySchema.optional(),
  rounding: roundingSchema.default('half_up'),
  /** To how many a call's price is rounded. */
  decimals: z.number().int().min(0).max(6).default(6),
  /** Rates of its own, or a mark-up on what its owner pays (sell decks of resellers). */
  pricing: pricingSchema.default('rates'),
  /** The rates of version 1, a draft. */
  rates: ratesSchema.default([]),
  bands: bandPlanSchema.nullish(),
});

export const createDeckVersionSchema = z.object({
  /** Left out: those of another version, see `ratesOf`. */
  rates: ratesSchema.optional(),
  /** Takes the rates of this version over, for bands that change. */
  ratesOf: z.number().int().min(1).optional(),
  /** Left out: those of the active version, else of the newest; null: none. */
  bands: bandPlanSchema.nullish(),
});

export const deckVersionRefSchema = z.object({ version: z.number().int().min(1) });

export const activateDeckVersionSchema = deckVersionRefSchema.extend({
  /** Left out, or past: at once. */
  at: timestampSchema.optional(),
});

export const deckVersionSchema = z.object({
  id: idSchema,
  version: z.number().int(),
  state: versionStateSchema,
  rateCount: z.number().int(),
  /** It becomes active then by itself. */
  activateAt: timestampSchema.nullable(),
  bands: bandPlanSchema.nullable(),
  /** The file that it was made of. */
  fileName: z.string().nullable(),
  activatedAt: timestampSchema.nullable(),
  createdAt: timestampSchema,
});

export const deckSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  accountName: z.string(),
  kind: kindSchema,
  name: z.string(),
  currency: z.string(),
  /** Rates of its own, or a mark-up on what its owner pays. */
  pricing: pricingSchema,
  rounding: roundingSchema,
  /** To how many a call's price is rounded. */
  decimals: z.number().int(),
  activeVersion: z.number().int().nullable(),
  versions: z.array(deckVersionSchema),
  /** How many accounts buy at it, and carriers charge by it. */
  usedBy: z.object({ accounts: z.number().int(), carriers: z.number().int() }),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const rateSchema = z.object({
  id: z.string(),
  prefix: z.string(),
  destination: z.string(),
  firstPerMinute: z.string(),
  perMinute: z.string(),
  first: z.number().int(),
  next: z.number().int(),
  connectFee: z.string(),
  minimum: z.string(),
  noChargeSeconds: z.number().int(),
  freeSeconds: z.number().int(),
  reverseBilled: z.boolean(),
  band: z.number().int(),
  markupPercent: z.string().nullable(),
  markupMinimum: z.string().nullable(),
  blocked: z.boolean(),
  validFrom: timestampSchema.nullable(),
  validTo: timestampSchema.nullable(),
});

export const deckPageSchema = pageOf(deckSchema);
export const ratePageSchema = pageOf(rateSchema);

/** How a prefix fares from one version to another. */
export const CHANGE_KINDS = ['new', 'up', 'down', 'changed', 'closed', 'unchanged'] as const;
export const changeKindSchema = z.enum(CHANGE_KINDS);

const ANY_KIND = `(${CHANGE_KINDS.join('|')})`;
const KINDS_PATTERN = new RegExp(`^${ANY_KIND}(,${ANY_KIND})*$`);

const versionNumberSchema = z.coerce.number().int().min(1);

export const diffQuerySchema = z.object({
  version: versionNumberSchema,
  /** Left out: the active version, or for that one the version before it. */
  from: versionNumberSchema.optional(),
});

export const listChangesSchema = pageQuerySchema.extend({
  ...diffQuerySchema.shape,
  /** One kind, or several with commas between them; left out: all but unchanged. */
  kind: z
    .string()
    .max(100)
    .regex(KINDS_PATTERN, `must be of ${CHANGE_KINDS.join(', ')}, with commas between them`)
    .optional(),
  /** The beginning of a prefix, or part of a destination's name. */
  search: z.string().trim().max(100).optional(),
});

export const deckDiffSchema = z.object({
  version: z.number().int(),
  /** null: there is nothing to compare with, all is new. */
  from: z.number().int().nullable(),
  counts: z.record(changeKindSchema, z.number().int()),
  /** Of the closed prefixes, those for which no shorter one takes over. */
  closedWithoutRate: z.number().int(),
  countedAt: timestampSchema,
});

export const deckChangeSchema = z.object({
  prefix: z.string(),
  destination: z.string(),
  kind: changeKindSchema,
  before: rateSchema.nullable(),
  after: rateSchema.nullable(),
  /** For a closed prefix: the shorter one that takes over; null: there is no rate. */
  successor: rateSchema.nullable(),
});

export const changePageSchema = pageOf(deckChangeSchema);

/** Calls of a quarter at most. */
export const MAX_IMPACT_DAYS = 93;
/** Destinations that are listed, those that change the most first; the rest is one line. */
export const MAX_IMPACT_DESTINATIONS = 500;

export const requestImpactSchema = z.object({
  version: versionNumberSchema,
  /** Left out: the active version, or for that one the version before it. */
  from: versionNumberSchema.optional(),
  /** Calls of this time; left out: of the last 30 days. */
  since: timestampSchema.optional(),
  until: timestampSchema.optional(),
});

export const impactQuerySchema = z.object({ version: versionNumberSchema });

const lineSchema = z.object({
  calls: z.number().int(),
  seconds: z.number().int(),
  /** What was charged at the time. */
  charged: z.string(),
  /** What it would be at the version before, and at this one. */
  before: z.string(),
  after: z.string(),
  /** What the deck's owner paid for the same calls (a buy deck: what it was paid); null: unknown. */
  counterpart: z.string().nullable(),
  /** Calls that this version has no rate for, and what they are at the version before. */
  withoutRate: z.object({ calls: z.number().int(), before: z.string() }),
});

export const impactResultSchema = z.object({
  currency: z.string(),
  total: lineSchema,
  destinations: z.array(lineSchema.extend({ destination: z.string() })),
  /** The destinations that are not listed, together. */
  rest: lineSchema.nullable(),
});

export const impactSchema = z.object({
  id: idSchema,
  version: z.number().int(),
  /** null: against what was charged. */
  from: z.number().int().nullable(),
  since: timestampSchema,
  until: timestampSchema,
  state: z.enum(['queued', 'running', 'done', 'failed']),
  callsDone: z.number().int(),
  callsTotal: z.number().int(),
  result: impactResultSchema.nullable(),
  failure: z.string().nullable(),
  finishedAt: timestampSchema.nullable(),
});

/** The last one of a version; null where none was asked for. */
export const latestImpactSchema = z.object({ impact: impactSchema.nullable() });

export type RateInput = z.output<typeof rateInputSchema>;
export type ListDecksInput = z.input<typeof listDecksSchema>;
export type ListRatesInput = z.input<typeof listRatesSchema>;
export type ExportRatesInput = z.input<typeof exportRatesSchema>;
export type CreateDeckInput = z.input<typeof createDeckSchema>;
export type CreateDeckVersionInput = z.input<typeof createDeckVersionSchema>;
export type DeckVersionRefInput = z.input<typeof deckVersionRefSchema>;
export type ActivateDeckVersionInput = z.input<typeof activateDeckVersionSchema>;
export type WireDeck = z.infer<typeof deckSchema>;
export type WireRate = z.infer<typeof rateSchema>;
export type StoredPlan = z.output<typeof bandPlanSchema>;
export type ChangeKind = z.output<typeof changeKindSchema>;
export type DiffQuery = z.input<typeof diffQuerySchema>;
export type ListChangesInput = z.input<typeof listChangesSchema>;
export type WireDeckDiff = z.infer<typeof deckDiffSchema>;
export type WireDeckChange = z.infer<typeof deckChangeSchema>;
export type RequestImpactInput = z.input<typeof requestImpactSchema>;
export type ImpactQuery = z.input<typeof impactQuerySchema>;
export type ImpactResult = z.output<typeof impactResultSchema>;
export type ImpactLine = z.output<typeof lineSchema>;
export type WireImpact = z.output<typeof impactSchema>;
