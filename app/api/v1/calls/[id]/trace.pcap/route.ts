import { z } from 'zod';
import { getTraceCapture } from '@/lib/services/traces/get-trace-capture';
import { idSchema } from '@/lib/services/wire/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: "Download a call's signalling as a packet capture",
  permission: 'calls.trace',
  params: z.object({ id: idSchema }),
  response: z.string(),
  errors: ['NOT_FOUND', 'UNAVAILABLE', 'TIMEOUT'],
})(async ({ context, input }) => {
  const { id } = input.params;
  const capture = await getTraceCapture(context, controlClient(), id);
  return new Response(new Uint8Array(capture), {
    headers: {
      'content-type': 'application/vnd.tcpdump.pcap',
      'content-disposition': `attachment; filename="call-${id}.pcap"`,
    },
  });
});
