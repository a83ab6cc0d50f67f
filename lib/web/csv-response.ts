const encoder = new TextEncoder();

/** CSV that is read as the receiver takes it: an export never lies in memory. */
export function csvResponse(
  content: string | AsyncGenerator<string, void, void>,
  fileName: string,
): Response {
  return fileResponse(typeof content === 'string' ? content : streamOf(content, encode), {
    type: 'text/csv; charset=utf-8; header=present',
    fileName,
  });
}

/** A file of pieces that are made as they are taken. */
export function bytesResponse(
  content: AsyncGenerator<Uint8Array, void, void>,
  file: { readonly type: string; readonly fileName: string },
): Response {
  return fileResponse(
    streamOf(content, (piece) => piece),
    file,
  );
}

const encode = (piece: string): Uint8Array => encoder.encode(piece);

function streamOf<Piece>(
  pieces: AsyncGenerator<Piece, void, void>,
  toBytes: (piece: Piece) => Uint8Array,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await pieces.next();
      if (piece.done) controller.close();
      else controller.enqueue(toBytes(piece.value));
    },
    async cancel() {
      await pieces.return();
    },
  });
}

function fileResponse(
  body: string | ReadableStream<Uint8Array>,
  { type, fileName }: { readonly type: string; readonly fileName: string },
): Response {
  return new Response(body, {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${fileName}"`,
    },
  });
}
