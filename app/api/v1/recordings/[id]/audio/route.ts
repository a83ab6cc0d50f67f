import { Readable } from 'node:stream';
import { z } from 'zod';
import { isAppError } from '@/lib/core/errors';
import { openAudio } from '@/lib/services/recordings/open-audio';
import { audioQuerySchema } from '@/lib/services/recordings/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Hear a recording, or download it',
  description:
    'The caller is heard left, the callee right. Takes a Range header. Both are on record; a ' +
    'download needs the permission recordings.download.',
  permission: 'recordings.play',
  params: z.object({ id: idSchema }),
  query: audioQuerySchema,
  response: z.string(),
  errors: ['NOT_FOUND'],
})(async ({ context, input, request }) => {
  const isDownload = input.query.download === 'true';
  const audio = await openAudio(context, {
    recordingId: input.params.id,
    range: request.headers.get('range'),
    isDownload,
  }).catch(outside);
  if (audio instanceof Response) return audio;
  const { bytes, range, fileName } = audio;
  const { start, end } = range ?? { start: 0, end: bytes };
  // Sent as it is taken: an hour of a call never lies in memory.
  return new Response(Readable.toWeb(audio.stream) as ReadableStream<Uint8Array>, {
    status: range === null ? 200 : 206,
    headers: {
      'content-type': audio.contentType,
      'content-length': String(end - start),
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      ...(range === null ? {} : { 'content-range': `bytes ${start}-${end - 1}/${bytes}` }),
      ...(isDownload ? { 'content-disposition': `attachment; filename="${fileName}"` } : {}),
    },
  });
});

/** A range that lies outside is told how much there is (RFC 9110 §15.5.17). */
function outside(error: unknown): Response {
  const wholeBytes = isAppError(error) ? error.meta['wholeBytes'] : undefined;
  if (typeof wholeBytes !== 'number') throw error;
  return new Response(null, { status: 416, headers: { 'content-range': `bytes */${wholeBytes}` } });
}
