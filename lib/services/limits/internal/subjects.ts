import { assert } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { LimitSubjectName } from '@/lib/services/limits/schemas';
import type { Prisma } from '@/prisma/generated/client';

type AccountRow = Prisma.AccountGetPayload<object>;
type TrunkRow = Prisma.TrunkGetPayload<object>;

/** Something that can be limited, with the account it belongs to and what its own row says. */
export interface LimitedSubject {
  readonly subject: LimitSubjectName;
  readonly id: string;
  readonly name: string;
  readonly account: AccountRow;
  /** Of its own row. */
  readonly generation: bigint;
  /** Set for trunks: some of their limits stand in their own row, as do those of accounts. */
  readonly trunk: TrunkRow | null;
}

/** Subjects by id, as far as they lie in the caller's subtree; in no particular order. */
export async function readSubjects(
  tx: Tx,
  { actor }: Pick<ServiceContext, 'actor'>,
  asked: { readonly subject: LimitSubjectName; readonly ids: readonly string[] },
): Promise<readonly LimitedSubject[]> {
  const { subject } = asked;
  const ids = asked.ids.filter(isUuid);
  if (ids.length === 0) return [];
  const account = inSubtree(actor);
  const id = { in: ids };
  const bare = { subject, trunk: null };
  switch (subject) {
    case 'account': {
      const rows = await tx.account.findMany({ where: { id, AND: [account] } });
      return rows.map((row) => ({ ...bare, ...own(row), name: row.name, account: row }));
    }
    case 'tenant': {
      const rows = await tx.tenant.findMany({ where: { id, account }, include: { account: true } });
      return rows.map((row) => ({ ...bare, ...own(row), name: row.domain, account: row.account }));
    }
    case 'extension': {
      const rows = await tx.extension.findMany({
        where: { id, tenant: { account } },
        include: { tenant: { include: { account: true } } },
      });
      return rows.map((row) => ({
        ...bare,
        ...own(row),
        name: `${row.number} · ${row.tenant.domain}`,
        account: row.tenant.account,
      }));
    }
    case 'trunk': {
      const rows = await tx.trunk.findMany({ where: { id, account }, include: { account: true } });
      return rows.map((row) => ({
        ...{ subject, ...own(row), name: row.name, account: row.account, trunk: row },
      }));
    }
    case 'number': {
      const rows = await tx.phoneNumber.findMany({
        where: { id, account },
        include: { account: true },
      });
      return rows.map((row) => ({ ...bare, ...own(row), name: row.e164, account: row.account }));
    }
  }
}

const own = ({ id, generation }: { readonly id: string; readonly generation: bigint }) => ({
  id,
  generation,
});

/** One subject in the caller's subtree. Throws NOT_FOUND for any other. */
export async function findSubject(
  tx: Tx,
  context: Pick<ServiceContext, 'actor'>,
  { subject, id }: { readonly subject: LimitSubjectName; readonly id: string },
): Promise<LimitedSubject> {
  const found = await readSubjects(tx, context, { subject, ids: [id] });
  if (found.length === 0) throw notFound(subject);
  const [one] = found;
  assert(one !== undefined, 'a list that is not empty has a first');
  return one;
}
