import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { z } from 'zod';
import type { TraceMessage } from '@/lib/services/traces/types';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** A kept trace unpacks to no more than this: the switch keeps 1 MB of a call, JSON adds to it. */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;

const endpoint = z.object({ address: z.string(), port: z.number() });
const messagesSchema = z.array(
  z.object({
    atMs: z.number(),
    leg: z.number(),
    isCarrier: z.boolean(),
    direction: z.enum(['in', 'out']),
    transport: z.enum(['udp', 'tcp', 'tls', 'ws', 'wss']),
    local: endpoint,
    remote: endpoint,
    text: z.string(),
  }),
);

/** Messages as they lie in the table: a tenth of their size, and any byte may be in them. */
export function packMessages(messages: readonly TraceMessage[]): Promise<Buffer> {
  return deflate(Buffer.from(JSON.stringify(messages), 'utf8'));
}

/** The messages of a row. */
export async function unpackMessages(content: Uint8Array): Promise<TraceMessage[]> {
  const bytes = await inflate(content, { maxOutputLength: MAX_UNPACKED_BYTES });
  return messagesSchema.parse(JSON.parse(bytes.toString('utf8')));
}
