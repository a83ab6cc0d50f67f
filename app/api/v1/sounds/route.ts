import { createSound } from '@/lib/services/sounds/create-sound';
import { listSounds } from '@/lib/services/sounds/list-sounds';
import {
  createSoundSchema,
  listSoundsSchema,
  MAX_FILE_BYTES,
  soundPageSchema,
  soundSchema,
} from '@/lib/services/sounds/schemas';
import { readUpload } from '@/lib/web/read-upload';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List sounds',
  permission: 'sounds.read',
  query: listSoundsSchema,
  response: soundPageSchema,
})(({ context, input }) => listSounds(context, input.query));

export const POST = route({
  summary: 'Upload a sound: music, or an announcement',
  description:
    'The body is the file itself: WAV, FLAC or Opus in Ogg, 20 MB at the most. It is converted to ' +
    '16 kHz and one channel. Music may have five minutes, an announcement one.',
  permission: 'sounds.write',
  query: createSoundSchema,
  response: soundSchema,
  status: 201,
  errors: ['NOT_FOUND', 'USAGE_EXCEEDS_LIMIT', 'UNAVAILABLE'],
})(async ({ context, input, request }) => {
  const bytes = await readUpload(request, MAX_FILE_BYTES);
  const sound = await createSound(context, input.query, { bytes });
  return created(sound, `/api/v1/sounds/${sound.id}`);
});
