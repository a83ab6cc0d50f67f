import { Readable } from 'node:stream';
import { z } from 'zod';
import { openSound } from '@/lib/services/sounds/open-sound';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Hear a sound, as it is played: a WAV file of 16 kHz',
  permission: 'sounds.read',
  params: z.object({ id: idSchema }),
  response: z.string(),
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  const { bytes, stream } = await openSound(context, input.params.id);
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
    headers: {
      'content-type': 'audio/wav',
      'content-length': String(bytes),
      'cache-control': 'private, no-store',
    },
  });
});
