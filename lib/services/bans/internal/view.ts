import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import { shownAddress } from '@/lib/services/bans/rules';
import { banCauseSchema, type WireAllowedAddress, type WireBan } from '@/lib/services/bans/schemas';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { Prisma } from '@/prisma/generated/client';

type RuleRow = Prisma.AddressRuleGetPayload<object>;

/** A rule of one kind in the caller's subtree. Throws NOT_FOUND for any other. */
export async function findRule(
  tx: Tx,
  { actor }: ServiceContext,
  wanted: { id: string; action: 'ban' | 'allow' },
): Promise<RuleRow> {
  const { id, action } = wanted;
  const row = isUuid(id)
    ? await tx.addressRule.findFirst({ where: { id, action, account: inSubtree(actor) } })
    : null;
  if (row === null) throw notFound(action === 'ban' ? 'ban' : 'allowed address');
  return row;
}

/** Bans as the API shows them. */
export async function toWireBans(
  context: ServiceContext,
  rows: readonly RuleRow[],
): Promise<readonly WireBan[]> {
  const statusOf = await statuses(context, rows);
  return rows.map((row) => ({
    id: row.id,
    address: shownAddress(row.cidr),
    origin: row.origin,
    cause: row.origin === 'switch' ? banCauseSchema.parse(row.reason) : null,
    reason: row.origin === 'switch' ? '' : row.reason,
    detail: row.detail,
    level: row.level,
    attempts: Number(row.attempts),
    since: row.since.toISOString(),
    until: row.until?.toISOString() ?? null,
    generation: Number(row.generation),
    status: statusOf(row),
  }));
}

/** Allowed addresses as the API shows them. */
export async function toWireAllowed(
  context: ServiceContext,
  rows: readonly RuleRow[],
): Promise<readonly WireAllowedAddress[]> {
  const statusOf = await statuses(context, rows);
  return rows.map((row) => ({
    id: row.id,
    address: shownAddress(row.cidr),
    reason: row.reason,
    since: row.since.toISOString(),
    generation: Number(row.generation),
    status: statusOf(row),
  }));
}

async function statuses(context: ServiceContext, rows: readonly RuleRow[]) {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'address_rule', ids);
  return (row: RuleRow) => observed.statusOf(row.id, row.generation);
}
