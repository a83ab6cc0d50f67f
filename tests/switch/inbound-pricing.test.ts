import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { eventually } from '@/tests/support/eventually';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { runSipp, startSipp, stopAllSipp } from '@/tests/support/sipp';

/** A carrier brings calls to a number whose owner pays for them. */
const hasPeers = hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

const CARRIER_A = 5090;
const PHONE = 15_741;
const CALLER = '+442079460000';

let running: RunningSwitch;

beforeAll(async () => {
  if (!hasPeers) return;
  running = await startSwitch();
  await running.lab.register('acme', '101', PHONE);
});

afterEach(async () => {
  await stopAllSipp();
  if (hasPeers) await running.noneIsLeft();
});

afterAll(async () => {
  await running?.close();
});

interface ReverseRate {
  readonly perMinuteNano: number;
  readonly increments: readonly [first: number, next: number];
}

/** A new version of a deck: what it had, and a reverse-billed rate for American numbers. */
async function reverseBill(deckName: string, rate: ReverseRate): Promise<void> {
  const { lab } = running;
  const [deck] = await lab.rows<{ id: string; active: string; version: number }>(
    `SELECT d.id, d.active_version_id AS active, max(v.version) AS version
       FROM rate_deck d JOIN deck_version v ON v.deck_id = d.id WHERE d.name = $1 GROUP BY d.id`,
    [deckName],
  );
  if (!deck) throw new Error(`no deck ${deckName}`);
  const version = newId();
  await lab.sql('INSERT INTO deck_version (id, deck_id, version) VALUES ($1, $2, $3)', [
    ...[version, deck.id, deck.version + 1],
  ]);
  await lab.sql(
    `INSERT INTO rate (version_id, prefix, destination, first_seconds, next_seconds,
       first_per_minute_nano, next_per_minute_nano)
     SELECT $1, prefix, destination, first_seconds, next_seconds, first_per_minute_nano,
            next_per_minute_nano FROM rate WHERE version_id = $2 AND NOT reverse_billed`,
    [version, deck.active],
  );
  await lab.sql(
    `INSERT INTO rate (version_id, prefix, destination, first_seconds, next_seconds,
       first_per_minute_nano, next_per_minute_nano, reverse_billed)
     VALUES ($1, '1202', 'toll-free', $2, $3, $4, $4, true)`,
    [version, ...rate.increments, rate.perMinuteNano],
  );
  await lab.sql(`UPDATE deck_version SET status = 'active' WHERE id = $1`, [version]);
  await lab.sql('UPDATE rate_deck SET active_version_id = $2 WHERE id = $1', [deck.id, version]);
  await eventually(async () => {
    const [row] = await lab.rows<{ live: boolean }>(
      `SELECT o.generation >= d.generation AS live FROM rate_deck d
         JOIN config_observed o ON o.kind = 'rate_deck' AND o.object_id = d.id WHERE d.id = $1`,
      [deck.id],
    );
    return row?.live ?? false;
  });
}

async function callIn(dialled: string, pauseMs: number) {
  const phone = await startSipp({ scenario: 'answer', localPort: PHONE, mediaPort: 31_500 });
  const caller = await runSipp({
    scenario: 'call-in',
    target: running.lab.sip,
    localPort: CARRIER_A,
    mediaPort: 31_520,
    pauseMs,
    fields: [[CALLER, '127.0.0.1', '', dialled]],
  });
  return { phone, caller };
}

test('a call in to a number that its owner pays for is charged at every hop, the carrier’s part to the operator', async () => {
  await reverseBill('North to Acme', { perMinuteNano: 60_000_000, increments: [60, 60] });
  await reverseBill('Operator to North', { perMinuteNano: 30_000_000, increments: [6, 6] });
  await reverseBill('carrier-a', { perMinuteNano: 12_000_000, increments: [1, 1] });
  const before = await running.lab.wallet('Acme');
  const { caller } = await callIn('+12025550101', 1_500);
  expect(caller.code, caller.messages).toBe(0);
  const call = await running.lab.call('+12025550101');
  expect(call).toMatchObject({ class: 'inbound', hungUpBy: 'caller', sipStatus: 200 });
  const cost = BigInt(call.ratedSeconds) * 200n;
  expect(call.hops).toEqual([
    { buyer: 'Acme', seller: 'North', amountMicro: 60_000n, billedSeconds: 60 },
    { buyer: 'North', seller: 'Operator', amountMicro: 3_000n, billedSeconds: 6 },
    {
      buyer: 'Operator',
      seller: 'carrier-a',
      amountMicro: cost,
      billedSeconds: call.ratedSeconds,
    },
  ]);
  const after = await running.lab.wallet('Acme');
  expect(before.balanceMicro - after.balanceMicro).toBe(60_000n);
  expect((await verifyLedger(running.database)).broken).toBeNull();
});

test('it is cut when its owner’s funds are used up, to the micro-unit, and refused from then on', async () => {
  const { balanceMicro } = await running.lab.wallet('Acme');
  // Three seconds use up all but less than one more.
  const perSecondMicro = balanceMicro / 3n;
  await reverseBill('North to Acme', {
    perMinuteNano: Number(perSecondMicro * 60_000n),
    increments: [1, 1],
  });
  await callIn('+12025550101', 9_000);
  const [, call] = await running.lab.calls('+12025550101', 2);
  expect(call).toMatchObject({ class: 'inbound', hungUpBy: 'switch', ratedSeconds: 3 });
  expect(call?.hops[0]).toMatchObject({ buyer: 'Acme', amountMicro: perSecondMicro * 3n });
  const { balanceMicro: left } = await running.lab.wallet('Acme');
  expect(left).toBe(balanceMicro - perSecondMicro * 3n);
  expect(left >= 0n).toBe(true);

  const refused = await callIn('+12025550101', 1_000);
  expect(refused.caller.code).not.toBe(0);
  expect(refused.caller.messages).toContain('SIP/2.0 402');
  expect((await running.lab.calls('+12025550101', 3))[2]).toMatchObject({
    class: 'inbound',
    refusalCode: 'INSUFFICIENT_FUNDS',
    refusalHop: 'Acme',
    hops: [],
  });
  expect((await verifyLedger(running.database)).broken).toBeNull();
});
