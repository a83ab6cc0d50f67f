import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@/lib/core/clock';
import { newId } from '@/lib/core/ids.server';
import type { DeckTable } from '@/lib/core/rating/deck-table';
import { markedUp } from '@/lib/core/rating/markup';
import { priceCall } from '@/lib/core/rating/price';
import { type RateSnapshot, rateFromSnapshot } from '@/lib/core/rating/snapshot';
import type { Logger } from '@/lib/infra/log';
import { loadDeckVersion } from '@/lib/services/configuration/load-deck-version';
import type { ServicesDatabase } from '@/lib/services/database';
import type { DeckVersion, RateDeck } from '@/prisma/generated/client';
import { ImpactSum } from './impact-sum';
import { claimImpactSql, countChargesSql, readChargesSql } from './internal/impact-sql';
import type { ImpactResult } from './schemas';

/** Who says nothing for so long has died: another may begin again. */
const CLAIM_MS = 60_000;
const MAX_ATTEMPTS = 3;
/** Charges at a time: some megabytes, some tens of milliseconds of work. */
const CHUNK_ROWS = 2_000;
const WEEK_MS = 7 * 86_400_000;

/** Where replays are made. */
export interface ImpactDesk {
  readonly database: ServicesDatabase;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Claimed {
  readonly id: string;
  readonly claim: string;
  readonly versionId: string;
  readonly baseId: string | null;
  readonly fromAt: Date;
  readonly toAt: Date;
  readonly attempts: number;
}

interface ChargeRow {
  readonly id: string;
  readonly buyerAccountId: string;
  readonly amountMicro: bigint;
  readonly ratedSeconds: number;
  readonly snapshot: RateSnapshot;
  readonly toNumber: string;
  readonly destination: string | null;
  readonly answeredAt: Date | null;
  readonly otherMicro: bigint | null;
  readonly otherCurrency: string | null;
  readonly otherSnapshot: RateSnapshot | null;
}

/** The claim went to somebody else, or the version was discarded. */
class Lost extends Error {}

/**
 * Prices the calls of one replay that waits; false where none does. A crash leaves it to the next,
 * who begins again.
 */
export async function impactDue(desk: ImpactDesk, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const { database, clock, log } = desk;
  const nowMs = clock.nowMs();
  const { rows } = await database.pool.query<Claimed>(claimImpactSql, [
    newId(nowMs),
    new Date(nowMs + CLAIM_MS),
    new Date(nowMs),
  ]);
  const [claimed] = rows;
  if (claimed === undefined) return false;
  try {
    const result = await new Replay(desk, claimed).run(signal);
    await end(desk, claimed, { state: 'done', result, failure: null });
    log.info('deck_impact.done', { impactId: claimed.id, calls: result.total.calls });
  } catch (error) {
    if (error instanceof Lost) {
      if (signal.aborted)
        await end(desk, claimed, { state: 'queued', result: null, failure: null });
      return true;
    }
    log.warn('deck_impact.failed', { impactId: claimed.id, attempt: claimed.attempts, error });
    const state = claimed.attempts >= MAX_ATTEMPTS ? 'failed' : 'queued';
    const failure = 'The calls could not be priced again. The log of the worker says more.';
    await end(desk, claimed, { state, result: null, failure });
  }
  return true;
}

async function end(
  { database, clock }: ImpactDesk,
  claimed: Claimed,
  ending: { state: string; result: ImpactResult | null; failure: string | null },
): Promise<void> {
  const { state, result, failure } = ending;
  await database.pool.query(
    `UPDATE deck_impact SET state = $3::"DeckImpactState", result = $4, failure = $5, claim = NULL,
        claimed_until = NULL, finished_at = $6 WHERE id = $1 AND claim = $2`,
    [
      claimed.id,
      claimed.claim,
      state,
      result === null ? null : JSON.stringify(result),
      failure,
      state === 'queued' ? null : new Date(clock.nowMs()),
    ],
  );
}

/** A version's rates, and by how much calls are moved to be priced at them. */
interface ReplayedVersion {
  readonly table: DeckTable;
  readonly shiftMs: number;
}

/** By buyer: the sell deck that is asked where the one of its own rates has none. */
type AskedNext = ReadonlyMap<string, ReplayedVersion>;

/** One replay. */
class Replay {
  private readonly desk: ImpactDesk;
  private readonly claimed: Claimed;

  constructor(desk: ImpactDesk, claimed: Claimed) {
    this.desk = desk;
    this.claimed = claimed;
  }

  async run(signal: AbortSignal): Promise<ImpactResult> {
    const { pool, prisma } = this.desk.database;
    const { versionId, baseId, fromAt, toAt } = this.claimed;
    const version = await prisma.deckVersion.findUnique({
      where: { id: versionId },
      include: { deck: true },
    });
    if (version === null) throw new Lost();
    const { deck } = version;
    const after = await this.load(version);
    const base =
      baseId === null ? null : await prisma.deckVersion.findUnique({ where: { id: baseId } });
    const before = base === null ? null : await this.load(base);
    const next = await this.loadNext(deck);
    const scope = [deck.accountId, fromAt, toAt, deck.id];
    const counted = await pool.query<{ count: number }>(countChargesSql(deck.kind), scope);
    const total = counted.rows[0]?.count ?? 0;
    const sum = new ImpactSum();
    let last: string | null = null;
    for (let done = 0; ; ) {
      await this.tell(done, total);
      if (signal.aborted) throw new Lost();
      const page: { rows: ChargeRow[] } = await pool.query(readChargesSql(deck.kind), [
        ...scope,
        last,
        CHUNK_ROWS,
      ]);
      for (const row of page.rows) sum.add(pricedTwice(row, { before, after, next }));
      done += page.rows.length;
      last = page.rows.at(-1)?.id ?? null;
      if (last === null) return sum.result(deck.currency);
      await turn();
    }
  }

  /** The sell decks, as they are live, of those whose own rates stand in this one. */
  private async loadNext(deck: RateDeck): Promise<AskedNext> {
    const buyers = await this.desk.database.prisma.account.findMany({
      where: { ownDeckId: deck.id, sellDeck: { currency: deck.currency } },
      select: { id: true, sellDeck: { select: { activeVersion: true } } },
    });
    const versions = new Map<string, ReplayedVersion>();
    const next = new Map<string, ReplayedVersion>();
    for (const { id, sellDeck } of buyers) {
      const version = sellDeck?.activeVersion;
      if (!version) continue;
      const loaded = versions.get(version.id) ?? (await this.load(version));
      versions.set(version.id, loaded);
      next.set(id, loaded);
    }
    return next;
  }

  /** Throws Lost. */
  private async tell(done: number, total: number): Promise<void> {
    const { database, clock } = this.desk;
    const { rowCount } = await database.pool.query(
      `UPDATE deck_impact SET calls_done = $3, calls_total = $4, claimed_until = $5
        WHERE id = $1 AND claim = $2`,
      [
        this.claimed.id,
        this.claimed.claim,
        done,
        Math.max(done, total),
        new Date(clock.nowMs() + CLAIM_MS),
      ],
    );
    if (rowCount === 0) throw new Lost();
  }

  /**
   * Calls are priced as if they were made in the weeks after all of a version's rates have begun:
   * moved by whole weeks, so that each keeps its day and time of day.
   */
  private async load(version: DeckVersion): Promise<ReplayedVersion> {
    const { database, clock } = this.desk;
    const { _max } = await database.prisma.rate.aggregate({
      where: { versionId: version.id },
      _max: { validFrom: true },
    });
    const moments = [version.activateAt, _max.validFrom].map((at) => at?.getTime() ?? 0);
    const beginsMs = Math.max(clock.nowMs(), ...moments);
    const weeks = Math.ceil((beginsMs - this.claimed.fromAt.getTime()) / WEEK_MS);
    const table = await loadDeckVersion(database, version.id);
    return { table, shiftMs: Math.max(0, weeks) * WEEK_MS };
  }
}

interface Versions {
  readonly before: ReplayedVersion | null;
  readonly after: ReplayedVersion;
  readonly next: AskedNext;
}

function pricedTwice(row: ChargeRow, { before, after, next: askedNext }: Versions) {
  const own = before === null ? null : priceAt(before, row, askedNext);
  const next = priceAt(after, row, askedNext);
  const name = next?.destination || own?.destination || row.destination || '';
  return {
    destination: name,
    seconds: row.ratedSeconds,
    chargedMicro: row.amountMicro,
    // Without a rate there it is what was charged at the time.
    beforeMicro: own?.amountMicro ?? row.amountMicro,
    afterMicro: next?.amountMicro ?? null,
    counterpartMicro:
      row.otherMicro !== null && row.otherCurrency === row.snapshot.currency
        ? row.otherMicro
        : null,
  };
}

/** What a call costs at a version, a bundle that paid for a part of it included; null: no rate. */
function priceAt(
  { table, shiftMs }: ReplayedVersion,
  row: ChargeRow,
  askedNext?: AskedNext,
): { readonly amountMicro: bigint; readonly destination: string } | null {
  const charged = rateFromSnapshot(row.snapshot);
  const atMs = (row.answeredAt?.getTime() ?? 0) + shiftMs;
  const digits = row.toNumber.replace(/^\+/, '');
  const match = table.lookup(digits, atMs, charged.reverseBilled ? 'called' : 'caller');
  if (match === undefined) {
    const next = askedNext?.get(row.buyerAccountId);
    return next ? priceAt(next, row) : null;
  }
  if (match.blocked) return null;
  let { rate } = match;
  if (match.markup) {
    if (row.otherSnapshot === null) return null;
    rate = markedUp(rate, match.markup, rateFromSnapshot(row.otherSnapshot));
  }
  const bundled =
    charged.bundleSeconds === undefined ? rate : { ...rate, bundleSeconds: charged.bundleSeconds };
  const { amountMicro } = priceCall(bundled, row.ratedSeconds);
  return { amountMicro, destination: rate.destination };
}
