import { Readable } from 'node:stream';
import { z } from 'zod';
import { openLetter, uploadLetter } from '@/lib/services/port-ins/letter';
import {
  MAX_LETTER_BYTES,
  portInSchema,
  uploadLetterSchema,
} from '@/lib/services/port-ins/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { readUpload } from '@/lib/web/read-upload';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Read the letter of authorisation of a port-in',
  permission: 'portIns.read',
  params,
  response: z.string(),
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  const { type, bytes, stream } = await openLetter(context, input.params.id);
  const extension = type === 'application/pdf' ? 'pdf' : type === 'image/png' ? 'png' : 'jpg';
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
    headers: {
      'content-type': type,
      'content-length': String(bytes),
      // Never shown in our own origin: what somebody uploaded is saved, not run.
      'content-disposition': `attachment; filename="letter.${extension}"`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  });
});

export const PUT = route({
  summary: 'Upload the letter of authorisation of a port-in',
  description:
    'The body is the file itself: PDF, PNG or JPEG, 10 MB at the most. It is kept sealed.',
  permission: 'portIns.write',
  params,
  query: uploadLetterSchema,
  response: portInSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input, request }) => {
  const bytes = await readUpload(request, MAX_LETTER_BYTES);
  return await uploadLetter(context, input.params.id, { ...input.query, bytes });
});
