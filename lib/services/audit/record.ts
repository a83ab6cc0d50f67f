import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import type { ServiceContext } from '@/lib/services/context';
import type { InputJsonObject } from '@/prisma/generated/internal/prismaNamespace';

export interface AuditFact {
  /** "<noun>.<verb>", as the verb is called. */
  readonly verb: string;
  readonly objectKind: string;
  readonly objectId: Uuid | string | null;
  /** The account whose subtree it happened in. */
  readonly accountId: Uuid | string | null;
  /** Ids and plain values only: no secret, no mail address, no name. */
  readonly detail?: InputJsonObject;
}

/** Writes the audit entry of a write verb, in the transaction of the write itself. */
export async function recordAudit(
  tx: Tx,
  context: Pick<ServiceContext, 'actor' | 'clock'>,
  fact: AuditFact,
): Promise<void> {
  const { actor } = context;
  await tx.auditEntry.create({
    data: {
      id: newId(context.clock.nowMs()),
      accountId: fact.accountId,
      actorKind: actor.kind,
      actorId: actor.id,
      behindId: actor.behindId,
      address: actor.address,
      requestId: actor.requestId,
      verb: fact.verb,
      objectKind: fact.objectKind,
      objectId: fact.objectId,
      detail: fact.detail ?? {},
    },
  });
}
