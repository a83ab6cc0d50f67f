import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { BandPlan } from '@/lib/core/rating/bands';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { checkPlan, storedColumns, storedPlan } from './bands';
import { type DeckRow, type DeckVersionRow, lockDeck, versionOf } from './find-deck';
import { getDeck } from './get-deck';
import { copyRates, insertRates } from './internal/rates';
import { checkRates, toRateRow } from './rules';
import {
  type CreateDeckVersionInput,
  createDeckVersionSchema,
  type StoredPlan,
  type WireDeck,
} from './schemas';

/**
 * Adds a draft version with rates of its own, or with those of another version (`ratesOf`) under
 * other bands; what is sold now stays until it is activated. Throws INVALID_INPUT for rates and
 * bands that can't be used, and where rates name bands that would be gone.
 */
export async function createDeckVersion(
  context: ServiceContext,
  deckId: string,
  input: CreateDeckVersionInput,
): Promise<WireDeck> {
  authorize(context, 'decks.write');
  const { rates, ratesOf, bands } = parseInput(createDeckVersionSchema, input);
  if ((rates === undefined) === (ratesOf === undefined)) {
    throw new AppError('INVALID_INPUT', 'rates: give rates, or the version to take them from.');
  }
  if (bands) checkPlan(bands);
  await context.database.prisma.$transaction(async (tx) => {
    const deck = await lockDeck(tx, context, deckId);
    const plan = bands === undefined ? inheritedPlan(deck) : bands;
    if (deck.pricing === 'markup' && plan !== null) {
      throw new AppError('INVALID_INPUT', 'bands: a mark-up has the bands of what it is put on.');
    }
    const id = newId(context.clock.nowMs());
    const version = Math.max(0, ...deck.versions.map((one) => one.version)) + 1;
    await tx.deckVersion.create({
      data: { id, deckId: deck.id, version, ...storedColumns(plan) },
    });
    if (rates !== undefined) {
      checkRates(rates, { pricing: deck.pricing, bands: plan?.bands.length ?? 0 });
      await insertRates(tx, id, rates.map(toRateRow));
    } else {
      await copyAll(tx, id, { from: versionOf(deck, ratesOf), plan });
    }
    await recordAudit(tx, context, {
      verb: 'decks.createVersion',
      objectKind: 'rate_deck',
      objectId: deck.id,
      accountId: deck.accountId,
      detail: { version, rates: rates?.length ?? null, ratesOf: ratesOf ?? null },
    });
  });
  return await getDeck(context, deckId);
}

/** The bands of the active version, else of the newest. */
function inheritedPlan(deck: DeckRow): StoredPlan | null {
  return deck.versions.length === 0 ? null : storedPlan(versionOf(deck));
}

async function copyAll(
  tx: Tx,
  versionId: string,
  { from, plan }: { readonly from: DeckVersionRow; readonly plan: BandPlan | null },
): Promise<void> {
  await copyRates(tx, versionId, from.id);
  const { _max } = await tx.rate.aggregate({ where: { versionId }, _max: { band: true } });
  const named = _max.band ?? 0;
  const bands = plan?.bands.length ?? 0;
  if (named <= bands) return;
  throw new AppError(
    'INVALID_INPUT',
    `bands: rates of version ${from.version} name band ${named}, and only ${bands} are given.`,
  );
}
