import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { lockDeck, versionOf } from './find-deck';
import { baseOf } from './get-diff';
import { refuseEmpty } from './internal/activate';
import { impactInclude, toWireImpact } from './internal/impact-view';
import {
  MAX_IMPACT_DAYS,
  type RequestImpactInput,
  requestImpactSchema,
  type WireImpact,
} from './schemas';

const DAY_MS = 86_400_000;
/** What is looked at unless told: the last month. */
const DEFAULT_DAYS = 30;

/**
 * Has the calls of a time past priced again at a version and at the one before it, in the
 * background; the result is kept with the version. While one is under way it is that one.
 */
export async function requestImpact(
  context: ServiceContext,
  deckId: string,
  input: RequestImpactInput,
): Promise<WireImpact> {
  authorize(context, 'decks.write');
  const query = parseInput(requestImpactSchema, input);
  const { database, clock } = context;
  const untilMs = query.until ? Date.parse(query.until) : clock.nowMs();
  const sinceMs = query.since ? Date.parse(query.since) : untilMs - DEFAULT_DAYS * DAY_MS;
  if (sinceMs >= untilMs || untilMs - sinceMs > MAX_IMPACT_DAYS * DAY_MS) {
    const message = `since and until: a time of up to ${MAX_IMPACT_DAYS} days is looked at.`;
    throw new AppError('INVALID_INPUT', message);
  }
  const row = await database.prisma.$transaction(async (tx) => {
    const deck = await lockDeck(tx, context, deckId);
    const version = versionOf(deck, query.version);
    refuseEmpty(version);
    const underWay = await tx.deckImpact.findFirst({
      where: { versionId: version.id, state: { in: ['queued', 'running'] } },
      include: impactInclude,
    });
    if (underWay !== null) return underWay;
    const id = newId(clock.nowMs());
    const base = baseOf(deck, version, query.from);
    await tx.deckImpact.deleteMany({ where: { versionId: version.id } });
    const made = await tx.deckImpact.create({
      data: {
        ...{ id, versionId: version.id, baseId: base?.id ?? null },
        ...{ fromAt: new Date(sinceMs), toAt: new Date(untilMs) },
      },
      include: impactInclude,
    });
    await recordAudit(tx, context, {
      verb: 'decks.requestImpact',
      objectKind: 'rate_deck',
      objectId: deck.id,
      accountId: deck.accountId,
      detail: { version: version.version, from: base?.version ?? null },
    });
    return made;
  });
  return toWireImpact(row);
}
