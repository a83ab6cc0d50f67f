import type { Clock } from '@/lib/core/clock';
import type { Uuid } from '@/lib/core/ids';
import type { Sealer } from '@/lib/infra/crypto';
import type { Logger } from '@/lib/infra/log';
import type { Actor, ServiceContext } from '@/lib/services/context';
import type { ServicesDatabase } from '@/lib/services/database';
import { lockDeck } from './find-deck';
import { makeActive } from './internal/activate';

/** What the clock activates by. */
export interface ActivationContext {
  readonly database: ServicesDatabase;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly log: Logger;
}

/**
 * Activates the version whose time has come the longest ago; false where none has. Each once: the
 * deck is locked, and what was scheduled is cleared in the same transaction. One that is late,
 * because nothing ran, is made up for.
 */
export async function activateDue(worker: ActivationContext): Promise<boolean> {
  const { database, clock, log } = worker;
  const now = new Date(clock.nowMs());
  const due = await database.prisma.deckVersion.findFirst({
    where: { activateAt: { lte: now } },
    orderBy: [{ activateAt: 'asc' }, { id: 'asc' }],
    select: { id: true, deckId: true, deck: { select: { accountId: true } } },
  });
  if (due === null) return false;
  const actor = clockwork(due.deck.accountId as Uuid);
  const context: ServiceContext = { database, clock, sealer: worker.sealer, actor };
  await database.prisma.$transaction(async (tx) => {
    const deck = await lockDeck(tx, context, due.deckId);
    const wanted = deck.versions.find((one) => one.id === due.id);
    // Taken back or done while the lock was waited for.
    if (wanted?.activateAt == null || wanted.activateAt > now) return;
    if (wanted.id === deck.activeVersionId) {
      await tx.deckVersion.update({ where: { id: wanted.id }, data: { activateAt: null } });
      return;
    }
    await makeActive(tx, context, { deck, wanted });
    log.info('deck.activated', { deckId: deck.id, version: wanted.version });
  });
  return true;
}

/** Nobody: the clock. Who scheduled it stands in the audit of the scheduling. */
function clockwork(accountId: Uuid): Actor {
  return {
    kind: 'system',
    id: null,
    accountId,
    accountPath: '/',
    accountKind: 'operator',
    role: 'owner',
    scopes: null,
    behindId: null,
    address: null,
    requestId: null,
  };
}
