import { z } from 'zod';
import { callLinkSchema } from '@/lib/services/calls/schemas';
import { idSchema, timestampSchema } from '@/lib/services/wire/schemas';

/** The longest that signalling is kept; the database holds the same bound. */
const MAX_RETENTION_DAYS = 90;

export const setCaptureSchema = z.object({
  enabled: z.boolean(),
  /** Days after a call's end until its signalling is forgotten; left out: as it was. */
  retentionDays: z.number().int().min(1).max(MAX_RETENTION_DAYS).optional(),
});

/** Whether the signalling of a tenant's calls is kept, and for how long. */
export const captureSchema = z.object({
  enabled: z.boolean(),
  retentionDays: z.number().int(),
});

const endpointSchema = z.object({ address: z.string(), port: z.number().int() });

export const traceMessageSchema = z.object({
  at: timestampSchema,
  /** Milliseconds since the first message, to the microsecond. */
  offsetMs: z.number(),
  /** 0 is the caller's leg; attempts follow in order. */
  leg: z.number().int(),
  /** in: the switch received it. */
  direction: z.enum(['in', 'out']),
  transport: z.enum(['udp', 'tcp', 'tls', 'ws', 'wss']),
  local: endpointSchema,
  remote: endpointSchema,
  bytes: z.number().int(),
  /** "INVITE", "200 OK": what stands in the first line. */
  title: z.string(),
  /** The request's method, or that which the response answers; null of what can't be read. */
  method: z.string().nullable(),
  /** null: a request. */
  status: z.number().int().nullable(),
  hasSdp: z.boolean(),
  /** Carries an answer to a challenge. */
  hasCredentials: z.boolean(),
  /** The same bytes went the same way before. */
  isRepetition: z.boolean(),
  /** The message; answers to challenges and media keys are hidden. */
  raw: z.string(),
});

const traceLegSchema = z.object({
  leg: z.number().int(),
  kind: z.enum(['extension', 'carrier']),
  /** The extension's number or the trunk's name; null: the called or calling side has no name here. */
  name: z.string().nullable(),
  remote: endpointSchema,
  transport: z.string(),
});

export const traceSchema = z.object({
  callId: idSchema,
  /** complete: the call is over. live: it goes on. none: nothing is kept that you may read. */
  state: z.enum(['complete', 'live', 'none']),
  /** Whether the caller's tenant keeps signalling now; null where that is not yours to know. */
  capture: captureSchema.extend({ tenantId: idSchema }).nullable(),
  /** Until when it is kept. */
  expiresAt: timestampSchema.nullable(),
  /** A bound was reached: messages are missing. */
  isTruncated: z.boolean(),
  /** By leg; those that you may not see are left out. */
  legs: z.array(traceLegSchema),
  messages: z.array(traceMessageSchema),
  /** Calls that this one came of, or that came of it, whose signalling you may read as well. */
  links: z.array(callLinkSchema),
});

export type SetCaptureInput = z.input<typeof setCaptureSchema>;
export type WireCapture = z.infer<typeof captureSchema>;
export type WireTraceMessage = z.infer<typeof traceMessageSchema>;
export type WireTraceLeg = z.infer<typeof traceLegSchema>;
export type WireTrace = z.infer<typeof traceSchema>;
