import { systemClock } from '@/lib/core/clock';
import type { Uuid } from '@/lib/core/ids';
import { createSealer } from '@/lib/infra/crypto';
import type { ServiceContext } from '@/lib/services/context';
import type { ServicesDatabase } from '@/lib/services/database';
import { LAB_SECRET_KEY } from './lab-database';

/** The owner of the lab's operator account, to look and to act as in the portal. */
export async function labOperator(database: ServicesDatabase): Promise<ServiceContext> {
  const account = await database.prisma.account.findFirstOrThrow({ where: { parentId: null } });
  return {
    database,
    clock: systemClock,
    sealer: createSealer(LAB_SECRET_KEY),
    actor: {
      kind: 'user',
      id: null,
      accountId: account.id as Uuid,
      accountPath: account.path,
      accountKind: 'operator',
      role: 'owner',
      scopes: null,
      behindId: null,
      address: null,
      requestId: null,
    },
  };
}
