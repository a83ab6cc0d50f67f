import { z } from 'zod';
import { CONFIG_KINDS } from '@/lib/core/config-kinds';
import {
  accountPathSchema,
  atMsSchema,
  callEndSchema,
  callFactSchema,
  registrationFactSchema,
} from './facts';

const call = { atMs: atMsSchema, call: callFactSchema };

/**
 * What the switch tells while it happens. Hints, never the truth: a reader that lost the stream
 * reads the state again, and nothing depends on an event having arrived.
 */
export const controlEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), nodeId: z.string(), startedAtMs: atMsSchema }),
  z.object({ type: z.literal('ping'), atMs: atMsSchema }),
  z.object({
    type: z.literal('registration.changed'),
    atMs: atMsSchema,
    tenantId: z.uuid(),
    extensionId: z.uuid(),
    accountPath: accountPathSchema,
    /** Whether at least one binding is left. */
    registered: z.boolean(),
    /** Why it did: registered, refreshed, unregistered, expired, connection_lost, evicted … */
    cause: z.string().max(32),
    /** The binding that came, changed or went. */
    binding: registrationFactSchema.nullable(),
  }),
  z.object({
    type: z.literal('registration.refused'),
    atMs: atMsSchema,
    tenantId: z.uuid(),
    extensionId: z.uuid(),
    accountPath: accountPathSchema,
    reason: z.enum(['wrong_secret', 'suspended', 'too_many_contacts']),
    address: z.string().max(64),
    userAgent: z.string().max(256),
  }),
  z.object({ type: z.literal('call.started'), ...call }),
  z.object({ type: z.literal('call.ringing'), ...call }),
  z.object({ type: z.literal('call.answered'), ...call }),
  /** Whether it is recorded, or how, has changed. */
  z.object({ type: z.literal('call.recording'), ...call }),
  z.object({ type: z.literal('call.ended'), ...call, end: callEndSchema }),
  /** How a trunk does is another; its state says how. */
  z.object({
    type: z.literal('trunk.changed'),
    atMs: atMsSchema,
    trunkId: z.uuid(),
    /** Whose trunk it is; null where only the operator is concerned. */
    accountPath: accountPathSchema.nullable(),
  }),
  z.object({
    type: z.literal('config.observed'),
    atMs: atMsSchema,
    kind: z.enum(CONFIG_KINDS),
    objectId: z.uuid(),
    /** Decimal text of a bigint. */
    generation: z.string().regex(/^\d+$/),
    /** Whose object it is; null where only the operator is concerned. */
    accountPath: accountPathSchema.nullable(),
  }),
]);
export type ControlEvent = z.infer<typeof controlEventSchema>;

/** A line of the stream, or null for what is none (a newer switch may tell more). */
export function parseControlEvent(line: string): ControlEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = controlEventSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
