import { z } from 'zod';
import { exportCalls } from '@/lib/services/calls/export-calls';
import { exportCallsSchema } from '@/lib/services/calls/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Export calls as CSV',
  permission: 'calls.read',
  query: exportCallsSchema,
  response: z.string(),
})(async ({ context, input }) => {
  const pieces = exportCalls(context, input.query);
  const encoder = new TextEncoder();
  // Read as the receiver takes it: an export of a year never lies in memory.
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await pieces.next();
      if (piece.done) controller.close();
      else controller.enqueue(encoder.encode(piece.value));
    },
    async cancel() {
      await pieces.return();
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="calls.csv"',
    },
  });
});
