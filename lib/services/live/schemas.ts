import { z } from 'zod';
import { CONFIG_KINDS } from '@/lib/core/config-kinds';
import { idSchema, moneySchema, timestampSchema } from '@/lib/services/wire/schemas';

const partySchema = z.object({
  number: z.string(),
  name: z.string().nullable(),
  /** Set where the extension lies in the viewer's subtree. */
  extensionId: idSchema.nullable(),
  tenantId: idSchema.nullable(),
});

/** A level of the chain that the viewer pays or is paid at; the operator sees all of them. */
const hopSchema = z.object({
  hop: z.number().int(),
  buyerAccountId: idSchema,
  sellerAccountId: idSchema.nullable(),
  perMinute: moneySchema,
  connectFee: moneySchema,
  firstIncrementSeconds: z.number().int(),
  nextIncrementSeconds: z.number().int(),
  /** The first seconds cost nothing by the minute. */
  freeSeconds: z.number().int(),
  amount: moneySchema.nullable(),
});

/** A call in progress (or just ended) with what its viewer may know of it. */
export const liveCallSchema = z.object({
  callId: idSchema,
  class: z.enum(['internal', 'onnet', 'outbound', 'inbound', 'emergency']),
  state: z.enum(['dialling', 'ringing', 'answered', 'ended']),
  /** Whether the viewer's subtree calls, is called, or both. */
  side: z.enum(['caller', 'callee', 'both']),
  from: partySchema,
  to: partySchema,
  dialled: z.string().nullable(),
  destination: z.string().nullable(),
  hops: z.array(hopSchema),
  /** The operator's alone. */
  trunkId: idSchema.nullable(),
  carrierId: idSchema.nullable(),
  startedAt: timestampSchema,
  ringingAt: timestampSchema.nullable(),
  answeredAt: timestampSchema.nullable(),
  endedAt: timestampSchema.nullable(),
  /** How it is recorded for the viewer's own account; null: it is not. */
  recording: z.enum(['announcing', 'recording', 'paused']).nullable(),
});
export type LiveCall = z.infer<typeof liveCallSchema>;

/**
 * What arrives on /api/live, one per server-sent event whose name is `type`. Hints: refetch what
 * they name. `ready` opens every stream; after `stale` live values are old until the next `ready`.
 */
export const liveEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), at: timestampSchema }),
  /** The feed from the switch was lost at `since`. */
  z.object({ type: z.literal('stale'), at: timestampSchema, since: timestampSchema }),
  /** The session or key has ended: the stream closes and must not be reopened. */
  z.object({ type: z.literal('ended'), at: timestampSchema }),
  z.object({
    type: z.literal('registration.changed'),
    at: timestampSchema,
    tenantId: idSchema,
    extensionId: idSchema,
    registered: z.boolean(),
    /** Why a phone came or went; see REGISTRATION_CAUSES. */
    cause: z.string(),
    userAgent: z.string().nullable(),
    address: z.string().nullable(),
    transport: z.string().nullable(),
    expiresAt: timestampSchema.nullable(),
  }),
  z.object({
    type: z.literal('registration.refused'),
    at: timestampSchema,
    tenantId: idSchema,
    extensionId: idSchema,
    reason: z.enum(['wrong_secret', 'suspended', 'too_many_contacts']),
    address: z.string(),
    userAgent: z.string(),
  }),
  z.object({ type: z.literal('call.started'), at: timestampSchema, call: liveCallSchema }),
  z.object({ type: z.literal('call.ringing'), at: timestampSchema, call: liveCallSchema }),
  z.object({ type: z.literal('call.answered'), at: timestampSchema, call: liveCallSchema }),
  z.object({ type: z.literal('call.recording'), at: timestampSchema, call: liveCallSchema }),
  z.object({
    type: z.literal('call.ended'),
    at: timestampSchema,
    call: liveCallSchema,
    durationMs: z.number().int(),
    hungUpBy: z.enum(['caller', 'callee', 'switch', 'node_failure']).nullable(),
    refusalCode: z.string().nullable(),
    refusalText: z.string().nullable(),
  }),
  z.object({ type: z.literal('trunk.changed'), at: timestampSchema, trunkId: idSchema }),
  z.object({
    type: z.literal('config.observed'),
    at: timestampSchema,
    kind: z.enum(CONFIG_KINDS),
    objectId: idSchema,
    generation: z.string(),
  }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;
