import { readFileSync } from 'node:fs';
import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import type { AnnouncementName } from '@/lib/core/announcements';
import { soundFiles } from '@/lib/switch/sounds/location';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { Linphone } from '@/tests/support/linphone';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { clearestTone, foundAgain, toneShare, wavSamples } from '@/tests/support/tone';

/** What the switch says itself, as a real phone hears it. */
const hasPeers = hasPeer('baresip') && hasPeer('linphonec');
const test = anyTest.skipIf(!hasPeers);

let running: RunningSwitch;
const phones: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  if (hasPeers) running = await startSwitch();
});

afterEach(async () => {
  await Promise.all(phones.splice(0).map((each) => each.stop()));
  if (hasPeers) await running.noneIsLeft();
});

afterAll(async () => {
  await running?.close();
});

async function phone(
  user: string,
  options: { sipPort: number; toneHz: number; voices?: string },
): Promise<Baresip> {
  const { sipPort } = options;
  const started = await Baresip.start({
    ...options,
    user,
    domain: 'acme.lab.test',
    password: `lab-acme-${user}`,
    server: running.lab.sip,
    rtpPort: sipPort + 3_000,
    controlPort: sipPort + 5,
  });
  phones.push(started);
  await started.says('200 OK');
  return started;
}

/** Changes a tenant, and waits until the switch knows. */
async function letTenant(changes: { readonly announceRefusals: boolean }): Promise<void> {
  const { database } = running;
  const rows = await database.pool.query<{ id: string; generation: string }>(
    `UPDATE tenant SET announce_refusals = $1 WHERE domain = 'acme.lab.test'
      RETURNING id, generation::text`,
    [changes.announceRefusals],
  );
  const [changed] = rows.rows;
  await eventually(async () => {
    const observed = await database.pool.query(
      `SELECT 1 FROM config_observed
        WHERE kind = 'tenant' AND object_id = $1 AND generation >= $2`,
      [changed?.id, changed?.generation],
    );
    return observed.rows.length > 0;
  });
}

const words = (name: AnnouncementName) =>
  wavSamples(readFileSync(new URL(`${name}.wav`, soundFiles())));

/** What a phone heard since; at 8 kHz. */
const since = (of: { heard(): Float64Array }, samples: number) => of.heard().slice(samples);

test('whoever is held hears music and not the holder, and the holder again when it resumes', async () => {
  const holder = await phone('101', { sipPort: 16_110, toneHz: 1_000 });
  // baresip writes down nothing any more once it was held.
  const held = await Linphone.start({
    user: '102',
    domain: 'acme.lab.test',
    password: 'lab-acme-102',
    server: running.lab.sip,
    sipPort: 16_120,
    rtpPort: 19_120,
    toneHz: 440,
    onlyPcmu: true,
  });
  phones.push(held);
  holder.dial('sip:102@acme.lab.test');
  await holder.says('CALL_ESTABLISHED');
  await eventually(() => clearestTone(held.heard(), 1_000) > 0.9);
  holder.hold();
  await held.says('has been paused by');
  const before = held.heard().length;
  await eventually(() => since(held, before).length > 40_000);
  const music = since(held, before).slice(8_000, 40_000);
  const energy = music.reduce((sum, sample) => sum + sample ** 2, 0) / music.length;
  expect(Math.sqrt(energy)).toBeGreaterThan(0.005);
  expect(toneShare(music, 1_000)).toBeLessThan(0.01);
  holder.resume();
  await eventually(() => clearestTone(held.heard().slice(-8_000), 1_000) > 0.9);
  holder.hangUp();
  await held.says('ended');
});

test('an extension without funds hears why, and gets the status that it always got', async () => {
  await letTenant({ announceRefusals: true });
  await running.lab.sql(
    `UPDATE wallet SET held_micro = balance_micro WHERE account_id =
       (SELECT id FROM account WHERE name = $1)`,
    ['Acme'],
  );
  try {
    const caller = await phone('103', { sipPort: 16_130, toneHz: 440 });
    caller.dial('+442079460018');
    await caller.says('183', 5_000);
    await caller.says(/402 Payment Required/, 12_000);
    expect(foundAgain(words('insufficient-funds'), caller.heard())).toBeGreaterThan(0.8);
    const call = await running.lab.call('+442079460018');
    expect(call).toMatchObject({ sipStatus: 402, refusalCode: 'INSUFFICIENT_FUNDS', hops: [] });
  } finally {
    await running.lab.sql(
      `UPDATE wallet SET held_micro = 0 WHERE account_id =
         (SELECT id FROM account WHERE name = $1)`,
      ['Acme'],
    );
    await letTenant({ announceRefusals: false });
  }
});

test('the echo test says what it is and sends back what it hears', async () => {
  const caller = await phone('104', { sipPort: 16_140, toneHz: 600 });
  caller.dial('*43');
  await caller.says('CALL_ESTABLISHED');
  await eventually(() => clearestTone(caller.heard(), 600) > 0.9, 20_000);
  expect(foundAgain(words('echo-test'), caller.heard())).toBeGreaterThan(0.8);
  caller.hangUp();
  const call = await running.lab.call('*43');
  expect(call).toMatchObject({ class: 'internal', sipStatus: 200, hops: [] });
});

test('who is transferred hears the target ring as at home', async () => {
  const transferor = await phone('105', { sipPort: 16_150, toneHz: 1_000 });
  const moved = await phone('106', { sipPort: 16_160, toneHz: 440 });
  const target = await Baresip.start({
    user: '107',
    domain: 'acme.lab.test',
    password: 'lab-acme-107',
    server: running.lab.sip,
    sipPort: 16_170,
    controlPort: 16_175,
    rtpPort: 19_170,
    toneHz: 700,
    answers: false,
  });
  phones.push(target);
  await target.says('200 OK');
  transferor.dial('sip:106@acme.lab.test');
  await transferor.says('CALL_ESTABLISHED');
  await eventually(() => moved.heard().length > 8_000);
  const before = moved.heard().length;
  transferor.transfer('sip:107@acme.lab.test');
  await target.says('CALL_INCOMING');
  await eventually(() => since(moved, before).length > 24_000);
  const shares = [440, 480].map((hz) => clearestTone(since(moved, before), hz));
  expect(Math.min(...shares)).toBeGreaterThan(0.4);
  moved.hangUp();
  await target.says('CALL_CLOSED');
});
