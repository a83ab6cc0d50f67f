import { AppError } from '@/lib/core/errors';

/** The whole body of a request as bytes. Throws INVALID_INPUT where there is none, or too much. */
export async function readUpload(request: Request, maxBytes: number): Promise<Buffer> {
  const tooLarge = (): AppError =>
    new AppError(
      'INVALID_INPUT',
      `A file of at most ${Math.floor(maxBytes / 1_048_576)} MB is taken.`,
    );
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    bytes += next.value.length;
    if (bytes > maxBytes) {
      await reader?.cancel();
      throw tooLarge();
    }
    pieces.push(next.value);
  }
  if (bytes === 0) throw new AppError('INVALID_INPUT', 'Send the file as the body of the request.');
  return Buffer.concat(pieces, bytes);
}
