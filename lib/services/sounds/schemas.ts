import { z } from 'zod';
import { ANNOUNCEMENTS } from '@/lib/core/announcements';
import {
  idSchema,
  nameSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

/** A file as it is sent: five minutes of a CD take 50 MB, of FLAC or Opus far less. */
export const MAX_FILE_BYTES = 20 * 1_024 * 1_024;
/** Music goes round; what is longer is a programme. It lies in the switch's memory. */
export const MAX_MUSIC_SECONDS = 300;
/** A caller waits for it. */
export const MAX_ANNOUNCEMENT_SECONDS = 60;
/** Of an account. */
export const MAX_SOUNDS = 50;

const kindSchema = z.enum(['music', 'announcement']);
const announcementSchema = z.enum(
  Object.keys(ANNOUNCEMENTS) as [keyof typeof ANNOUNCEMENTS, ...(keyof typeof ANNOUNCEMENTS)[]],
);

export const listSoundsSchema = pageQuerySchema.extend({
  /** Whose; the caller's own account unless given. */
  accountId: idSchema.optional(),
  kind: kindSchema.optional(),
});

export const createSoundSchema = z
  .object({
    /** Whose it will be; the caller's own account unless given. */
    accountId: idSchema.optional(),
    kind: kindSchema,
    name: nameSchema,
    /** The built-in words that it is heard in place of. */
    replaces: announcementSchema.optional(),
  })
  .refine(({ kind, replaces }) => kind === 'announcement' || replaces === undefined, {
    path: ['replaces'],
    message: 'only an announcement takes the place of words',
  });

export const updateSoundSchema = z.object({ name: nameSchema });

export const soundSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  kind: kindSchema,
  name: z.string(),
  replaces: announcementSchema.nullable(),
  durationMs: z.number().int(),
  bytes: z.number().int(),
  createdAt: timestampSchema,
});

export const soundPageSchema = pageOf(soundSchema);

export const setTenantSoundsSchema = z.object({
  /** Whether phones hear why a call is refused, before they get the status. */
  announceRefusals: z.boolean().optional(),
  /** Whether whoever is held by one of its phones hears music. */
  holdMusic: z.boolean().optional(),
  /** Which; null: the piece that is built in. */
  holdSoundId: idSchema.nullable().optional(),
});

export const tenantSoundsSchema = z.object({
  announceRefusals: z.boolean(),
  holdMusic: z.boolean(),
  holdSoundId: idSchema.nullable(),
});

export type ListSoundsInput = z.input<typeof listSoundsSchema>;
export type CreateSoundInput = z.input<typeof createSoundSchema>;
export type UpdateSoundInput = z.input<typeof updateSoundSchema>;
export type SetTenantSoundsInput = z.input<typeof setTenantSoundsSchema>;
export type WireSound = z.infer<typeof soundSchema>;
export type WireTenantSounds = z.infer<typeof tenantSoundsSchema>;
