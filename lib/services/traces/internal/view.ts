import { inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findRepetitions, summarise } from '@/lib/services/traces/rules';
import type { WireTraceLeg, WireTraceMessage } from '@/lib/services/traces/schemas';
import type { TraceMessage } from '@/lib/services/traces/types';
import type { TraceParts } from './read';

/** Messages for people: bytes as text, with the times since the first one. */
export function toWireMessages(messages: readonly TraceMessage[]): WireTraceMessage[] {
  const startMs = messages[0]?.atMs ?? 0;
  const repeated = findRepetitions(messages);
  return messages.map((message, index) => ({
    at: new Date(message.atMs).toISOString(),
    offsetMs: Math.round((message.atMs - startMs) * 1_000) / 1_000,
    leg: message.leg,
    direction: message.direction,
    transport: message.transport,
    local: message.local,
    remote: message.remote,
    bytes: message.text.length,
    ...summarise(message.text),
    isRepetition: repeated[index] ?? false,
    raw: Buffer.from(message.text, 'latin1').toString('utf8'),
  }));
}

/** The legs that have messages, with the names that their reader knows them by. */
export async function nameLegs(
  { database: { prisma }, actor }: ServiceContext,
  { legs, messages }: TraceParts,
): Promise<WireTraceLeg[]> {
  const ids = (key: 'extensionId' | 'trunkId') => legs.flatMap((leg) => leg[key] ?? []);
  const isOperator = actor.kind === 'system' || actor.accountKind === 'operator';
  const [extensions, trunks] = await Promise.all([
    prisma.extension.findMany({
      where: { id: { in: ids('extensionId') }, tenant: { account: inSubtree(actor) } },
      select: { id: true, number: true },
    }),
    isOperator
      ? prisma.trunk.findMany({
          where: { id: { in: ids('trunkId') } },
          select: { id: true, name: true },
        })
      : [],
  ]);
  const seen = [...new Set(messages.map((message) => message.leg))].sort((a, b) => a - b);
  return seen.flatMap((seq) => {
    const first = messages.find((message) => message.leg === seq);
    if (first === undefined) return [];
    const leg = legs.find((one) => one.seq === seq);
    const extension = extensions.find((one) => one.id === leg?.extensionId);
    const trunk = trunks.find((one) => one.id === leg?.trunkId);
    return [
      {
        leg: seq,
        kind: first.isCarrier ? ('carrier' as const) : ('extension' as const),
        name: extension?.number ?? trunk?.name ?? null,
        remote: first.remote,
        transport: first.transport,
      },
    ];
  });
}
