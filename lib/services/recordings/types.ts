import { z } from 'zod';
import { idSchema } from '@/lib/services/wire/schemas';

/**
 * What stands in front of a capture: enough to make a recording of it when whoever captured is gone,
 * and the database never heard of it.
 */
export const captureHeaderSchema = z.object({
  id: idSchema,
  callId: idSchema,
  accountId: idSchema,
  tenantId: idSchema,
  nodeId: z.string(),
  fromExtensionId: idSchema.nullable(),
  toExtensionId: idSchema.nullable(),
  consent: z.enum(['one_party', 'all_party']),
  automatic: z.boolean(),
  format: z.enum(['wav', 'opus']),
  startedAtMs: z.number().int(),
  /** The key of its chunks, sealed, in base64; null: they are not sealed. */
  sealedKey: z.string().nullable(),
});
export type CaptureHeader = z.infer<typeof captureHeaderSchema>;

/** The same before it has a key. */
export type NewCaptureHeader = Omit<CaptureHeader, 'sealedKey'>;

/** What the switch has to say of a recording: that it began, and once what became of it. */
export interface RecordingNote {
  readonly header: CaptureHeader;
  readonly state: 'capturing' | 'processing' | 'discarded' | 'failed';
  readonly endedAtMs: number | null;
  readonly incomplete: boolean;
}
