import { AppError } from '@/lib/core/errors';

/** Under which files are sent; proxy.ts lets exactly these pass by. */
export const FILE_TYPE = 'application/octet-stream';

/** The body of a request as it comes in. Throws INVALID_INPUT where there is none, or too much. */
export async function* bodyPieces(request: Request, maxBytes: number): AsyncGenerator<Uint8Array> {
  const tooLarge = (): AppError =>
    new AppError(
      'INVALID_INPUT',
      `A file of at most ${Math.floor(maxBytes / 1_048_576)} MB is taken.`,
    );
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  let bytes = 0;
  const reader = request.body?.getReader();
  try {
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      bytes += next.value.length;
      if (bytes > maxBytes) throw tooLarge();
      yield next.value;
    }
  } finally {
    // Whoever reads no further lets go of the rest.
    await reader?.cancel();
  }
  if (bytes === 0) throw new AppError('INVALID_INPUT', 'Send the file as the body of the request.');
}

/** The whole body of a request as bytes. Throws INVALID_INPUT where there is none, or too much. */
export async function readUpload(request: Request, maxBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bodyPieces(request, maxBytes)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/**
 * A file as it comes in, whole. Throws INVALID_INPUT also where it was sent under another type than
 * a file's (only as application/octet-stream it is passed on whole, see proxy.ts), and where less
 * came than was announced.
 */
export async function* uploadPieces(
  request: Request,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  if (request.headers.get('content-type') !== FILE_TYPE) {
    throw new AppError(
      'INVALID_INPUT',
      `Send the file itself as the body, with content-type ${FILE_TYPE}.`,
    );
  }
  let bytes = 0;
  for await (const piece of bodyPieces(request, maxBytes)) {
    bytes += piece.length;
    yield piece;
  }
  const announced = request.headers.get('content-length');
  if (announced === null || Number(announced) === bytes) return;
  const came = `${bytes} of ${announced} bytes came in`;
  throw new AppError('INVALID_INPUT', `The file was cut off: ${came}. Upload it again.`);
}
