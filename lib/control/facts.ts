import { z } from 'zod';

/** Unix milliseconds. */
export const atMsSchema = z.number().int().nonnegative();

/** "/<root>/…/<id>/": whose object it is; a viewer's subtree is a prefix of it. */
export const accountPathSchema = z.string().regex(/^\/([0-9a-f-]{36}\/)+$/);

const id = z.uuid();

/** Money and rates travel as decimal strings, as everywhere. */
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);

/** One level of the chain: what the buyer pays the seller. */
export const hopFactSchema = z.object({
  /** 0 is the payer's; the last is the carrier's. */
  hop: z.number().int().nonnegative(),
  buyerAccountId: id,
  /** Null where the seller is a carrier. */
  sellerAccountId: id.nullable(),
  currency: z.string().length(3),
  perMinute: decimal,
  connectFee: decimal,
  firstIncrementSeconds: z.number().int().nonnegative(),
  nextIncrementSeconds: z.number().int().nonnegative(),
  freeSeconds: z.number().int().nonnegative(),
  /** The final price, once the call has ended. */
  amount: decimal.nullable(),
});
export type HopFact = z.infer<typeof hopFactSchema>;

const partySchema = z.object({
  number: z.string().max(128),
  name: z.string().max(128).nullable(),
  extensionId: id.nullable(),
  tenantId: id.nullable(),
  /** The account whose extension it is; null for somebody outside. */
  accountPath: accountPathSchema.nullable(),
});

/** How a call that is recorded stands. */
export const recordingStateSchema = z.enum(['announcing', 'recording', 'paused', 'stopped']);

/** A call as the switch knows it, everything told; who may see what is decided by its reader. */
export const callFactSchema = z.object({
  callId: id,
  class: z.enum(['internal', 'onnet', 'outbound', 'inbound', 'emergency']),
  state: z.enum(['dialling', 'ringing', 'answered', 'ended']),
  from: partySchema,
  to: partySchema,
  dialled: z.string().max(128),
  destination: z.string().max(128).nullable(),
  payerAccountPath: accountPathSchema.nullable(),
  trunkId: id.nullable(),
  carrierId: id.nullable(),
  hops: z.array(hopFactSchema).max(32),
  startedAtMs: atMsSchema,
  ringingAtMs: atMsSchema.nullable(),
  answeredAtMs: atMsSchema.nullable(),
  endedAtMs: atMsSchema.nullable(),
  /** For whom it is recorded now; each account knows of its own alone. */
  recordings: z
    .array(z.object({ accountId: id, state: recordingStateSchema }))
    .max(2)
    .readonly()
    .optional(),
});
export type CallFact = z.infer<typeof callFactSchema>;

/** How a call ended. */
export const callEndSchema = z.object({
  durationMs: z.number().int().nonnegative(),
  hungUpBy: z.enum(['caller', 'callee', 'switch', 'node_failure']).nullable(),
  sipStatus: z.number().int(),
  refusalCode: z.string().nullable(),
  refusalText: z.string().nullable(),
});
export type CallEnd = z.infer<typeof callEndSchema>;

/** Where an extension can be reached. */
export const registrationFactSchema = z.object({
  tenantId: id,
  extensionId: id,
  accountPath: accountPathSchema,
  contactUri: z.string().max(512),
  /** `+sip.instance`; '' where the phone names none. */
  instanceId: z.string().max(256),
  /** Which of its flows (RFC 5626); 0 for a phone that knows of one only. */
  regId: z.number().int().nonnegative(),
  userAgent: z.string().max(256),
  address: z.string().max(64),
  port: z.number().int(),
  transport: z.string().max(8),
  registeredAtMs: atMsSchema,
  refreshedAtMs: atMsSchema,
  expiresAtMs: atMsSchema,
});
export type RegistrationFact = z.infer<typeof registrationFactSchema>;

const endpointSchema = z.object({ address: z.string().max(64), port: z.number().int() });

/** A SIP message of a call, its secrets masked. */
export const traceMessageFactSchema = z.object({
  /** With fractions, unlike other times: messages of one millisecond have an order. */
  atMs: z.number().nonnegative(),
  leg: z.number().int().nonnegative(),
  isCarrier: z.boolean(),
  direction: z.enum(['in', 'out']),
  transport: z.enum(['udp', 'tcp', 'tls', 'ws', 'wss']),
  local: endpointSchema,
  remote: endpointSchema,
  /** A character a byte. */
  text: z.string(),
});

/** A metric with its series (lib/infra/metrics.ts). */
export const metricFamilySchema = z.object({
  name: z.string(),
  help: z.string(),
  kind: z.enum(['counter', 'gauge', 'histogram']),
  samples: z
    .array(
      z.object({
        suffix: z.enum(['', '_bucket', '_sum', '_count']),
        labels: z.record(z.string(), z.string()).readonly(),
        value: z.number(),
      }),
    )
    .readonly(),
});
