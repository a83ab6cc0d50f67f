import type { RateDeck } from '@/lib/core/rating/rate';
import { readInChunks } from '@/lib/infra/db/cursor';
import { authorize } from '@/lib/services/access/authorize';
import { loadDeckVersion } from '@/lib/services/configuration/load-deck-version';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { STANDING_CHARGES } from './internal/replay-sql';
import { readSnapshot } from './internal/stored-facts';
import {
  type ChargeDifference,
  replayStanding,
  rerateStanding,
  type StandingCharge,
} from './replay-rules';
import { type ReplayInput, replaySchema } from './schemas';

/** Charges per round trip: some megabytes, and all that is in memory at a time. */
const BATCH = 2_000;

/** A part of a period that was rated again, in the order of the calls. */
export interface ReplayedBatch {
  readonly charges: number;
  readonly differences: readonly ChargeDifference[];
}

interface Row
  extends Omit<StandingCharge, 'snapshot' | 'bought' | 'digits' | 'startedAtMs' | 'answeredAtMs'> {
  readonly snapshot: unknown;
  readonly bought: unknown;
  readonly toNumber: string;
  readonly startedAt: Date;
  readonly answeredAt: Date | null;
}

/**
 * Rates every standing charge of calls that began in [from, to) again: from its own snapshot, which
 * must give the same bytes; or, with a version of a deck, those of that deck as if it had been the
 * active one. Streams, so that memory stays flat however long the period. Changes nothing. The
 * operator's alone.
 */
export async function* replayCharges(
  context: ServiceContext,
  input: ReplayInput,
): AsyncGenerator<ReplayedBatch> {
  authorize(context, 'charges.replay');
  const { from, to, deckVersionId } = parseInput(replaySchema, input);
  const { database } = context;
  const deck = deckVersionId ? await loadDeckVersion(database, deckVersionId) : null;
  const deckId = deck?.info.deckId ?? null;
  const query = { text: STANDING_CHARGES, values: [from, to, deckId], chunkRows: BATCH };
  for await (const rows of readInChunks<Row>(database.pool, query)) {
    yield replayBatch(rows.map(toStanding), deck);
  }
}

function toStanding({
  snapshot,
  bought,
  toNumber,
  startedAt,
  answeredAt,
  ...row
}: Row): StandingCharge {
  return {
    ...row,
    snapshot: readSnapshot(snapshot),
    bought: bought === null ? null : readSnapshot(bought),
    digits: toNumber.replace(/^\+/, ''),
    startedAtMs: startedAt.getTime(),
    answeredAtMs: answeredAt?.getTime() ?? null,
  };
}

function replayBatch(charges: readonly StandingCharge[], deck: RateDeck | null): ReplayedBatch {
  const differences = charges.flatMap(
    (charge) => (deck ? rerateStanding(charge, deck) : replayStanding(charge)) ?? [],
  );
  return { charges: charges.length, differences };
}
