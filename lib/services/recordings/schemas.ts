import { z } from 'zod';
import { idSchema, pageOf, pageQuerySchema, timestampSchema } from '@/lib/services/wire/schemas';

/** The longest that recordings are kept: ten years; the database holds the same bound. */
const MAX_RETENTION_DAYS = 3_650;
/** The most room that a tenant may be given: 10 TB. */
const MAX_BYTES = 10 ** 13;

const recordingConsentSchema = z.enum(['off', 'one_party', 'all_party']);
const recordingFormatSchema = z.enum(['wav', 'opus']);
const stateSchema = z.enum(['capturing', 'processing', 'ready', 'failed', 'discarded']);

/** How a tenant's calls are recorded. */
export const recordingSettingsSchema = z.object({
  /** False: no call is recorded, whatever is set: media does not pass the switch's own relay. */
  available: z.boolean(),
  /** off: never. one_party: the tenant's wish is enough. all_party: both sides are told first. */
  consent: recordingConsentSchema,
  format: recordingFormatSchema,
  /** Days after a call until its recording is forgotten. */
  retentionDays: z.number().int(),
  /** Whether recordings lie encrypted. */
  encrypted: z.boolean(),
  /** Bytes that its recordings may take; beyond, no call is recorded any more. */
  maxBytes: z.number().int(),
  /** Bytes that they take. */
  usedBytes: z.number().int(),
});

/** What is left out stays. */
export const setRecordingSettingsSchema = z.object({
  consent: recordingConsentSchema.optional(),
  format: recordingFormatSchema.optional(),
  retentionDays: z.number().int().min(1).max(MAX_RETENTION_DAYS).optional(),
  encrypted: z.boolean().optional(),
  maxBytes: z.number().int().min(0).max(MAX_BYTES).optional(),
});

export const listRecordingsSchema = pageQuerySchema.extend({
  callId: idSchema.optional(),
  /** Calls that it made or took. */
  extensionId: idSchema.optional(),
  state: stateSchema.optional(),
  /** Begun at or after this moment … */
  from: timestampSchema.optional(),
  /** … and before this one. */
  to: timestampSchema.optional(),
});

export const recordingSchema = z.object({
  id: idSchema,
  callId: idSchema,
  tenantId: idSchema,
  fromExtensionId: idSchema.nullable(),
  toExtensionId: idSchema.nullable(),
  /** Whose consent was needed when it was made. */
  consent: recordingConsentSchema,
  /** Whether a rule had it made, or somebody who asked for it. */
  automatic: z.boolean(),
  /** capturing: the call goes on. processing: its file is being made. discarded: nothing was kept. */
  state: stateSchema,
  format: recordingFormatSchema,
  encrypted: z.boolean(),
  startedAt: timestampSchema,
  endedAt: timestampSchema.nullable(),
  /** Of the sound, pauses left out. */
  durationMs: z.number().int().nullable(),
  bytes: z.number().int().nullable(),
  /** Something that was said is missing. */
  incomplete: z.boolean(),
  expiresAt: timestampSchema.nullable(),
});

export const recordingPageSchema = pageOf(recordingSchema);

/** How loud each side was, part by part, 0 to 255. */
export const recordingPeaksSchema = z.object({
  durationMs: z.number().int(),
  caller: z.array(z.number().int()),
  callee: z.array(z.number().int()),
});

export const audioQuerySchema = z.object({
  /** "true": as a file to keep, which needs a permission of its own. */
  download: z.enum(['true', 'false']).default('false'),
});

export const controlRecordingSchema = z.object({
  action: z.enum(['start', 'stop', 'pause', 'resume']),
});

/** How a call in progress is recorded for the caller's account. */
export const liveRecordingSchema = z.object({
  state: z.enum(['announcing', 'recording', 'paused', 'stopped']),
});

export type ListRecordingsInput = z.input<typeof listRecordingsSchema>;
export type SetRecordingSettingsInput = z.input<typeof setRecordingSettingsSchema>;
export type ControlRecordingInput = z.input<typeof controlRecordingSchema>;
export type WireRecordingSettings = z.infer<typeof recordingSettingsSchema>;
export type WireRecording = z.infer<typeof recordingSchema>;
export type WireRecordingPeaks = z.infer<typeof recordingPeaksSchema>;
export type WireLiveRecording = z.infer<typeof liveRecordingSchema>;
