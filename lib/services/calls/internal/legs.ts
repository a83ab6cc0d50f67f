import type { WireLeg } from '@/lib/services/calls/schemas';
import type { ServiceContext } from '@/lib/services/context';
import type { Prisma } from '@/prisma/generated/client';
import type { CallRow } from './rows';

type LegRow = Prisma.LegGetPayload<object>;

/**
 * The dialogs and attempts of a call. Where and over which trunk carriers were tried is the
 * operator's; the far end of somebody else's extension is nobody's but theirs.
 */
export async function readLegs(
  { database: { prisma }, actor }: ServiceContext,
  call: CallRow,
): Promise<WireLeg[]> {
  const legs = await prisma.leg.findMany({ where: { callId: call.id }, orderBy: { seq: 'asc' } });
  const everything = actor.kind === 'system' || actor.accountKind === 'operator';
  const extensionIds = legs.flatMap(({ extensionId }) => (extensionId ? [extensionId] : []));
  const own = await prisma.extension.findMany({
    where: {
      id: { in: extensionIds },
      tenant: { account: { path: { startsWith: actor.accountPath } } },
    },
    select: { id: true },
  });
  const ownIds = new Set(own.map((one) => one.id));
  const trunks = everything
    ? await prisma.trunk.findMany({
        where: { id: { in: legs.flatMap(({ trunkId }) => (trunkId ? [trunkId] : [])) } },
        select: { id: true, name: true },
      })
    : [];
  return legs.map((leg) => {
    const open = everything || (leg.extensionId !== null && ownIds.has(leg.extensionId));
    const trunk = trunks.find((one) => one.id === leg.trunkId) ?? null;
    return toWireLeg(leg, open, trunk);
  });
}

function toWireLeg(leg: LegRow, open: boolean, trunk: WireLeg['trunk']): WireLeg {
  return {
    id: leg.id,
    seq: leg.seq,
    kind: leg.trunkId === null ? 'extension' : 'carrier',
    extensionId: open ? leg.extensionId : null,
    trunk,
    sipCallId: open ? leg.sipCallId : null,
    target: open ? leg.target : null,
    address: open ? leg.address : null,
    transport: open ? leg.transport : null,
    startedAt: leg.startedAt.toISOString(),
    ringingAt: leg.ringingAt?.toISOString() ?? null,
    answeredAt: leg.answeredAt?.toISOString() ?? null,
    endedAt: leg.endedAt.toISOString(),
    sipStatus: leg.sipStatus,
    q850Cause: leg.q850Cause,
    codec: leg.codec,
    media: open ? leg.media : null,
  };
}
