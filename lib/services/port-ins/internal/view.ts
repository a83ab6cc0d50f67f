import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { isEditable, type PortInSide, portInMoves } from '@/lib/services/port-ins/rules';
import type { PortInLine, WirePortIn } from '@/lib/services/port-ins/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const portInInclude = {
  account: { select: { id: true, name: true, path: true } },
} satisfies Prisma.PortInInclude;

export type PortInRow = Prisma.PortInGetPayload<{ include: typeof portInInclude }>;

/** On which side the caller sits; the system does the operator's part. */
export function sideOf({ actor }: Pick<ServiceContext, 'actor'>): PortInSide {
  return actor.kind === 'system' || actor.accountKind === 'operator' ? 'operator' : 'customer';
}

/** Requests that the caller may see: its subtree's; the desk sees no drafts but its own. */
export function visiblePortIns({ actor }: Pick<ServiceContext, 'actor'>): Prisma.PortInWhereInput {
  const inTree = { account: { path: { startsWith: actor.accountPath } } };
  if (sideOf({ actor }) === 'customer') return inTree;
  return { ...inTree, OR: [{ state: { not: 'draft' } }, { accountId: actor.accountId }] };
}

/** Where the letter of a request lies. */
export const letterKey = (portInId: string): string => `port-ins/${portInId}.letter`;

/** A request that the caller may see, locked until the transaction ends. Throws NOT_FOUND. */
export async function findPortIn(
  tx: Tx,
  context: Pick<ServiceContext, 'actor'>,
  portInId: string,
): Promise<PortInRow> {
  if (!isUuid(portInId)) throw notFound('port-in');
  await tx.$queryRaw`SELECT 1 FROM port_in WHERE id = ${portInId}::uuid FOR UPDATE`;
  const row = await tx.portIn.findFirst({
    where: { id: portInId, AND: [visiblePortIns(context)] },
    include: portInInclude,
  });
  if (row === null) throw notFound('port-in');
  return row;
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/** A request as a list shows it. */
export function toPortInLine(context: Pick<ServiceContext, 'actor'>, row: PortInRow): PortInLine {
  const { letterName, letterType, letterBytes } = row;
  return {
    id: row.id,
    account: { id: row.account.id, name: row.account.name },
    state: row.state,
    numbers: row.numbers,
    losingCarrier: row.losingCarrier,
    accountHolder: row.accountHolder,
    accountNumber: row.accountNumber,
    street: row.street,
    city: row.city,
    region: row.region,
    postalCode: row.postalCode,
    country: row.country,
    wishedOn: dayOf(row.wishedOn),
    scheduledOn: row.scheduledOn && dayOf(row.scheduledOn),
    tenantId: row.tenantId,
    extensionId: row.extensionId,
    trunkId: row.trunkId,
    letter:
      letterName === null || letterType === null || letterBytes === null
        ? null
        : { name: letterName, type: letterType, bytes: letterBytes },
    isEditable: isEditable(row.state),
    moves: [...portInMoves(row.state, sideOf(context))],
    createdAt: row.createdAt.toISOString(),
  };
}

/** With what was said. Who of the operator's people it was is for them to know. */
export async function toWirePortIn(
  tx: Tx,
  context: Pick<ServiceContext, 'actor'>,
  row: PortInRow,
): Promise<WirePortIn> {
  const notes = await tx.portInNote.findMany({
    where: { portInId: row.id },
    orderBy: { id: 'asc' },
  });
  const people = await tx.user.findMany({
    where: { id: { in: notes.flatMap(({ authorId }) => authorId ?? []) } },
    select: { id: true, name: true },
  });
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const isDesk = sideOf(context) === 'operator';
  return {
    ...toPortInLine(context, row),
    notes: notes.map(({ id, at, side, authorId, state, text }) => ({
      id,
      at: at.toISOString(),
      side: side === 'operator' ? 'operator' : 'customer',
      author: isDesk || side === 'customer' ? (names.get(authorId ?? '') ?? null) : null,
      state,
      text,
    })),
  };
}
