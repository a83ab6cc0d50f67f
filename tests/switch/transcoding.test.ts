import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type Product, startProduct } from '@/tests/support/product';
import { clearestTone } from '@/tests/support/tone';

/** Phones that have no voice in common, each with its own tone. */
const test = anyTest.skipIf(!hasPeer('baresip'));

let product: Product;
let lab: Lab;
const phones: Baresip[] = [];

beforeAll(async () => {
  if (!hasPeer('baresip')) return;
  product = await startProduct({ scenario: 'lab' });
  lab = new Lab(product);
});

afterAll(async () => {
  await lab?.close();
  await product?.stop();
});

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()));
  if (hasPeer('baresip')) await eventually(async () => (await lab.leftovers()).openHolds === '0');
});

async function phone(
  user: string,
  options: { sipPort: number; toneHz: number; voices: string },
): Promise<Baresip> {
  const { sipPort } = options;
  const started = await Baresip.start({
    ...options,
    user,
    domain: 'acme.lab.test',
    password: `lab-acme-${user}`,
    server: lab.sip,
    rtpPort: sipPort + 3_000,
    controlPort: sipPort + 5,
  });
  phones.push(started);
  await started.says('200 OK');
  return started;
}

test.each([
  { caller: ['101', 'PCMA'], callee: ['102', 'G722/16000/1'] },
  { caller: ['103', 'PCMU'], callee: ['104', 'opus/48000/2'] },
  { caller: ['105', 'opus/48000/2'], callee: ['106', 'PCMA'] },
  { caller: ['107', 'G722/16000/1'], callee: ['108', 'opus/48000/2'] },
] as const)('$caller and $callee have no voice in common, and hear each other', async (pair) => {
  const [[one, own], [two, other]] = [pair.caller, pair.callee];
  const caller = await phone(one, { sipPort: 15_710, toneHz: 1_000, voices: own });
  const callee = await phone(two, { sipPort: 15_720, toneHz: 440, voices: other });
  caller.dial(`sip:${two}@acme.lab.test`);
  await caller.says('CALL_ESTABLISHED');
  await eventually(() => clearestTone(callee.heard(), 1_000) > 0.9);
  await eventually(() => clearestTone(caller.heard(), 440) > 0.9);
  expect(clearestTone(callee.heard(), 440)).toBeLessThan(0.05);
  caller.hangUp();
  await callee.says('CALL_CLOSED');
});
