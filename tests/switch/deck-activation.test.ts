import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { priceCall } from '@/lib/core/rating/price';
import { type RateSnapshot, rateFromSnapshot } from '@/lib/core/rating/snapshot';
import { updateAccount } from '@/lib/services/accounts/update-account';
import type { ServiceContext } from '@/lib/services/context';
import { createImport } from '@/lib/services/deck-imports/create-import';
import { getImport } from '@/lib/services/deck-imports/get-import';
import { listProblems } from '@/lib/services/deck-imports/list-problems';
import type { WireImport } from '@/lib/services/deck-imports/schemas';
import { activateDeckVersion } from '@/lib/services/decks/activate-deck-version';
import { getDeck } from '@/lib/services/decks/get-deck';
import { getDiff } from '@/lib/services/decks/get-diff';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import {
  badLines,
  openTestDesk,
  type PriceListOptions,
  priceList,
  type TestDesk,
} from '@/tests/support/deck-files';
import { eventually } from '@/tests/support/eventually';
import { addCarrier } from '@/tests/support/lab-carriers';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import { labFields, type RunningSipp, startSipp, stopAllSipp } from '@/tests/support/sipp';
import { type SwitchProcess, startSwitchProcess } from '@/tests/support/switch-process';

/** A price list of half a million rows comes in and goes live under calls that are sold at it. */
const hasPeers = hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

const CARRIER = { address: '127.0.3.3', port: 15_850, transport: 'udp' } as const;
const CALLS_PER_SECOND = 12;
const TALK_MS = 1_000;
/** So many calls at every price, at least. */
const SOME_CALLS = 3 * CALLS_PER_SECOND;
const ROWS = 500_000;
/** Where the number that is dialled stands in the list: the 13,497th of every thirteenth row. */
const DIALLED_INDEX = 13_496 * 13 + 4;
const PREFIX = '44113496';
const DIALLED = `+${PREFIX}0018`;
/** In millionths a minute, which is in these lists by the whole minute; dearer than what it costs. */
const PRICES = { 2: 14_000, 3: 16_000 } as const;
/** The lab's own 0.0120 a minute, by the second. */
const SECOND_MICRO_AT_1 = 200n;
/** What the machine takes for it is not what is tested. */
const PATIENCE_MS = 600_000;

let running: SwitchProcess;
let operator: ServiceContext;
let desk: TestDesk;
let cedarId: string;
let deckId: string;

beforeAll(async () => {
  if (!hasPeers) return;
  running = await startSwitchProcess();
  operator = await labOperator(running.database);
  desk = await openTestDesk({ database: running.database, clock: operator.clock });
  const where = { name: 'Cedar' };
  const cedar = await running.database.prisma.account.findFirstOrThrow({ where });
  [cedarId, deckId] = [cedar.id, cedar.sellDeckId ?? ''];
  await updateAccount(operator, cedarId, { creditLimit: '10000' });
  await addCarrier(operator, {
    ...{ name: 'steady', prefix: PREFIX, perMinute: '0.0010', isOnly: true, trunk: CARRIER },
  });
});

afterEach(stopAllSipp);

afterAll(async () => {
  await desk?.close();
  await running?.close();
});

/** Cedar's ten phones call at a steady rate, and every call is answered. */
async function startCalls(): Promise<{
  readonly caller: RunningSipp;
  readonly callee: RunningSipp;
}> {
  const endless = { isEndless: true, timeoutSeconds: PATIENCE_MS / 1000 };
  const { address, port } = CARRIER;
  const callee = await startSipp({
    ...{ scenario: 'answer', localAddress: address, localPort: port, mediaPort: 33_600 },
    ...endless,
  });
  const caller = await startSipp({
    ...{ scenario: 'call', target: running.lab.sip, localPort: 15_860, mediaPort: 34_600 },
    ...{ pauseMs: TALK_MS, callsPerSecond: CALLS_PER_SECOND, ...endless },
    fields: Array.from({ length: 10 }, (_, at) => labFields('cedar', `${101 + at}`, DIALLED)),
  });
  return { caller, callee };
}

/** The list with a price of its own for what is dialled. */
async function imported(
  more: Pick<PriceListOptions, 'spoilt'> & { readonly price: number },
): Promise<WireImport> {
  const price = (base: number, index: number) => (index === DIALLED_INDEX ? more.price : base);
  const { spoilt = new Map<number, string>() } = more;
  const { id } = await createImport(operator, deckId, {
    input: { fileName: 'rates.csv', automatic: 'true' },
    file: {
      content: priceList({ rows: ROWS, seed: 1, spoilt, price }),
      blobs: () => desk.blobs,
    },
  });
  await desk.workAll();
  return await getImport(operator, id);
}

interface Moments {
  readonly activatedMs: number;
  /** When the switch had said that it prices calls by it. */
  readonly liveMs: number;
}

async function activated(version: number): Promise<Moments> {
  const activatedMs = Date.now();
  await activateDeckVersion(operator, deckId, { version });
  await eventually(async () => {
    const { status, generation } = await getDeck(operator, deckId);
    return (status.observedGeneration ?? 0) >= generation;
  }, PATIENCE_MS);
  return { activatedMs, liveMs: Date.now() };
}

interface Charged {
  readonly startedMs: number;
  readonly answeredMs: number;
  readonly ratedSeconds: number;
  readonly amountMicro: bigint;
  readonly snapshot: RateSnapshot;
  readonly version: number;
}

/** What Cedar was charged, in the order in which its calls began. */
async function charges(): Promise<readonly Charged[]> {
  const rows = await running.lab.rows<{
    started: number;
    answered: number;
    rated: number;
    amount: string;
    snapshot: RateSnapshot;
  }>(
    `SELECT extract(epoch FROM c.started_at)::float8 * 1000 AS started,
            extract(epoch FROM c.answered_at)::float8 * 1000 AS answered,
            h.rated_seconds AS rated, h.amount_micro::text AS amount, h.snapshot
       FROM charge h JOIN call c ON c.id = h.call_id
      WHERE h.buyer_account_id = $1 ORDER BY c.started_at`,
    [cedarId],
  );
  return rows.map(({ started, answered, rated, amount, snapshot }) => ({
    startedMs: started,
    answeredMs: answered,
    ratedSeconds: rated,
    amountMicro: BigInt(amount),
    snapshot,
    version: snapshot.deckVersion,
  }));
}

async function someCallsAt(version: number): Promise<void> {
  await eventually(async () => {
    const [row] = await running.lab.rows<{ calls: number }>(
      `SELECT count(*)::int AS calls FROM charge
        WHERE buyer_account_id = $1 AND snapshot ->> 'deckVersion' = $2`,
      [cedarId, String(version)],
    );
    return (row?.calls ?? 0) >= SOME_CALLS;
  }, PATIENCE_MS);
}

/** Every call of the switch: answered, not refused, and how often each of its two hops was charged. */
async function notAsTheyShouldBe(): Promise<{ readonly calls: number; readonly wrong: unknown }> {
  const rows = await running.lab.rows<{ isRight: boolean }>(
    `SELECT c.sip_status = 200 AND c.refusal_code IS NULL AND c.attempts = 1
            AND c.hung_up_by = 'caller'
            AND (SELECT array_agg((h.hop, h.kind::text, h.snapshot IS NOT NULL) ORDER BY h.hop)
                   FROM charge h WHERE h.call_id = c.id)
              = ARRAY[(0::smallint, 'call'::text, true), (1::smallint, 'call'::text, true)] AS "isRight"
       FROM call c`,
  );
  return { calls: rows.length, wrong: rows.filter(({ isRight }) => !isRight) };
}

const priceOf = ({ version, ratedSeconds }: Charged): bigint =>
  version === 2 || version === 3
    ? BigInt(PRICES[version])
    : BigInt(ratedSeconds) * SECOND_MICRO_AT_1;

/** Which version counts is decided between a call's beginning and its answer, and never goes back. */
function followsTheActivations(all: readonly Charged[], moments: Record<2 | 3, Moments>): void {
  let newestAnswered = 1;
  const byAnswer = [...all].sort((one, other) => one.answeredMs - other.answeredMs);
  let answered = 0;
  for (const call of all) {
    for (; (byAnswer[answered]?.answeredMs ?? Infinity) < call.startedMs; answered += 1) {
      newestAnswered = Math.max(newestAnswered, byAnswer[answered]?.version ?? 1);
    }
    expect(call.version).toBeGreaterThanOrEqual(newestAnswered);
    for (const version of [2, 3] as const) {
      const { activatedMs, liveMs } = moments[version];
      if (call.answeredMs < activatedMs) expect(call.version).toBeLessThan(version);
      if (call.startedMs > liveMs) expect(call.version).toBeGreaterThanOrEqual(version);
    }
  }
}

test('half a million rates are refused with 37 lines named, then imported, compared and activated twice while calls run: none fails, and each is charged once, at the version that is live', {
  timeout: PATIENCE_MS,
}, async () => {
  const { caller, callee } = await startCalls();
  await someCallsAt(1);

  const spoilt = badLines();
  const refused = await imported({ spoilt, price: PRICES[2] });
  expect(refused).toMatchObject({ state: 'refused', rowsRead: ROWS, problemCount: 37 });
  const { items } = await listProblems(operator, refused.id, { limit: 200 });
  expect(items.map(({ line }) => line)).toEqual([...spoilt.keys()]);

  expect(await imported({ price: PRICES[2] })).toMatchObject({ state: 'done', version: 2 });
  expect(await getDiff(operator, deckId, { version: 2 })).toMatchObject({
    ...{ from: 1, counts: { new: ROWS, closed: 2, unchanged: 0 } },
  });
  const second = await activated(2);
  await someCallsAt(2);

  expect(await imported({ price: PRICES[3] })).toMatchObject({ state: 'done', version: 3 });
  expect(await getDiff(operator, deckId, { version: 3 })).toMatchObject({
    ...{ from: 2, counts: { new: 0, up: 1, down: 0, closed: 0, unchanged: ROWS - 1 } },
  });
  const third = await activated(3);
  await someCallsAt(3);

  const made = (await caller.finish()).counted;
  const taken = (await callee.finish()).counted;
  await running.noneIsLeft();
  expect(made).toEqual({ created: made?.successful, successful: made?.successful, failed: 0 });
  expect(taken).toEqual(made);
  expect(await notAsTheyShouldBe()).toEqual({ calls: made?.created, wrong: [] });

  const all = await charges();
  expect(all).toHaveLength(made?.created ?? 0);
  for (const charge of all) {
    expect(charge.amountMicro).toBe(priceOf(charge));
    const { snapshot, ratedSeconds, amountMicro } = charge;
    expect(priceCall(rateFromSnapshot(snapshot), ratedSeconds).amountMicro).toBe(amountMicro);
  }
  followsTheActivations(all, { 2: second, 3: third });
  const spent = all.reduce((sum, { amountMicro }) => sum + amountMicro, 0n);
  expect(await running.lab.wallet('Cedar')).toEqual({ balanceMicro: -spent, heldMicro: 0n });
  expect((await verifyLedger(running.database)).broken).toBeNull();
  expect(running.errors()).toBe('');
});
