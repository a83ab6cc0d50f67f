import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { soundSchema, type WireSound } from '@/lib/services/sounds/schemas';
import type { Prisma } from '@/prisma/generated/client';

type SoundRow = Prisma.SoundGetPayload<object>;

/** A sound in the caller's subtree. Throws NOT_FOUND for any other. */
export async function findSound(
  tx: Tx,
  { actor }: Pick<ServiceContext, 'actor'>,
  soundId: string,
): Promise<SoundRow> {
  const row = isUuid(soundId)
    ? await tx.sound.findFirst({ where: { id: soundId, account: inSubtree(actor) } })
    : null;
  if (row === null) throw notFound('sound');
  return row;
}

export function toWireSound(row: SoundRow): WireSound {
  const { id, accountId, kind, name, durationMs, bytes } = row;
  const replaces = soundSchema.shape.replaces.parse(row.replaces);
  return {
    id,
    accountId,
    kind,
    name,
    replaces,
    durationMs,
    bytes,
    createdAt: row.createdAt.toISOString(),
  };
}

/** Where a sound's file lies. */
export function soundKey(soundId: string): string {
  return `sounds/${soundId}.wav`;
}

/** Tells the switch, by the account's own row, which words an account has instead of ours. */
export async function noteAnnouncements(tx: Tx, accountId: string): Promise<void> {
  const rows = await tx.sound.findMany({
    where: { accountId, replaces: { not: null } },
    orderBy: { id: 'asc' },
  });
  const announcements = Object.fromEntries(rows.map(({ replaces, id }) => [replaces ?? '', id]));
  await tx.account.update({ where: { id: accountId }, data: { announcements } });
}
