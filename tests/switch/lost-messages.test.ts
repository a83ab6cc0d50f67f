import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { LossyRelay, losing } from '@/tests/support/lossy-relay';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type Product, startProduct } from '@/tests/support/product';
import { labFields, runSipp, startSipp, stopAllSipp } from '@/tests/support/sipp';
import { audioSdp } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/**
 * Each message of a call lost once, on the phone's side of the running switch. SIPp repeats and
 * answers repetitions as RFC 3261 has it; the call must come to the same end as without the loss.
 */
const hasPeers = hasPeer('sipp') && hasPeer('baresip');
const test = anyTest.skipIf(!hasPeers);
const CARRIER_B = 5092;

let product: Product;
let lab: Lab;
const relays: LossyRelay[] = [];

beforeAll(async () => {
  if (!hasPeers) return;
  product = await startProduct({ scenario: 'lab' });
  lab = new Lab(product);
});

afterAll(async () => {
  await lab?.close();
  await product?.stop();
});

afterEach(async () => {
  await stopAllSipp();
  for (const relay of relays.splice(0)) relay.close();
  if (!hasPeers) return;
  const nothing = JSON.stringify({ held: '0', openHolds: '0', liveCalls: '0', off: '0' });
  await eventually(async () => JSON.stringify(await lab.leftovers()) === nothing);
});

const LOSSES = [
  ['the INVITE', 'toSwitch', /^INVITE /, 1],
  ['the challenge', 'fromSwitch', /^SIP\/2\.0 401/, 1],
  ['the INVITE with credentials', 'toSwitch', /^INVITE [\s\S]*Authorization:/, 1],
  ['every 100', 'fromSwitch', /^SIP\/2\.0 100/, 99],
  ['every 180', 'fromSwitch', /^SIP\/2\.0 180/, 99],
  ['the 200', 'fromSwitch', /^SIP\/2\.0 200[\s\S]*CSeq: 2 INVITE/, 1],
  ['three times the 200', 'fromSwitch', /^SIP\/2\.0 200[\s\S]*CSeq: 2 INVITE/, 3],
  ['the ACK', 'toSwitch', /^ACK [\s\S]*CSeq: 2 ACK/, 1],
  ['the BYE', 'toSwitch', /^BYE /, 1],
  ['the 200 to the BYE', 'fromSwitch', /^SIP\/2\.0 200[\s\S]*CSeq: 3 BYE/, 1],
] as const;

/** Places one call through a relay that loses what it is told to lose. */
async function callWithLoss(loss: (typeof LOSSES)[number], index: number) {
  const [, direction, fits, count] = loss;
  const { fate, lost } = losing(direction, fits, count);
  const relay = await LossyRelay.open(lab.sip, fate);
  relays.push(relay);
  const dialled = `+4420794601${String(index).padStart(2, '0')}`;
  const result = await runSipp({
    scenario: 'call',
    target: relay.address,
    localPort: 15_800 + index,
    mediaPort: 33_100 + index * 8,
    pauseMs: 8_000,
    fields: [labFields('acme', '108', dialled)],
  });
  return { result, lost: lost(), call: await lab.call(dialled) };
}

test('a call from which any one message is lost is talked, ended and charged as any other', async () => {
  const carrier = await startSipp({
    scenario: 'answer',
    localPort: CARRIER_B,
    mediaPort: 33_000,
    calls: LOSSES.length,
  });
  const calls = await Promise.all(LOSSES.map(callWithLoss));
  calls.forEach(({ result, lost, call }, index) => {
    const name = `without ${LOSSES[index]?.[0]}`;
    expect(result.code, `${name}: ${result.messages}`).toBe(0);
    expect(lost, name).toBeGreaterThan(0);
    expect(call, name).toMatchObject({ sipStatus: 200, hungUpBy: 'caller', attempts: 1 });
    expect(
      call.hops.map((hop) => hop.buyer),
      name,
    ).toEqual(['Acme', 'North', 'Operator']);
    // 8 s from the first 200 that arrived; the repetitions of lost ones took up to 3.5 s before.
    expect(call.ratedSeconds, name).toBeGreaterThanOrEqual(8);
    expect(call.ratedSeconds, name).toBeLessThanOrEqual(12);
  });
  expect((await carrier.done).code).toBe(0);
});

test('a challenge that is lost is given again to whoever repeats, and repeated to nobody else', async () => {
  const phone = await WirePhone.open({
    user: '108',
    domain: 'acme.lab.test',
    secret: 'lab-acme-108',
    server: lab.sip,
  });
  try {
    const uri = 'sip:109@acme.lab.test';
    const from = `<${phone.identity}>;tag=lost-challenge`;
    const invite = phone.send({ method: 'INVITE', uri, from, body: audioSdp(41_000) });
    expect((await phone.response('INVITE', 1)).status).toBe(401);
    // Neither acknowledged nor repeated: a forged source is not sent more than it sent (§26.3.2.4).
    await expect(phone.response('INVITE', 1, 1_500)).rejects.toThrow('heard only');
    phone.sendRaw(invite);
    expect((await phone.response('INVITE', 1)).status).toBe(401);
    // 109 is not registered: any other answer than 401 shows that the second INVITE was taken.
    const { reply } = await phone.ask({ method: 'INVITE', uri, from, body: audioSdp(41_000) });
    expect(reply.status).toBe(480);
  } finally {
    phone.close();
  }
});

test('every packet twice and out of order changes nothing for a softphone', async () => {
  let turn = 0;
  const relay = await LossyRelay.open(lab.sip, () => {
    turn += 1;
    return turn % 3 === 0 ? { delayMs: 60 } : 'twice';
  });
  relays.push(relay);
  const carrier = await startSipp({ scenario: 'answer', localPort: CARRIER_B, mediaPort: 33_000 });
  const phone = await Baresip.start({
    user: '107',
    domain: 'acme.lab.test',
    password: 'lab-acme-107',
    server: relay.address,
    sipPort: 15_840,
    controlPort: 15_845,
    rtpPort: 18_840,
    toneHz: 440,
  });
  try {
    await phone.says('200 OK');
    phone.dial('+442079460150');
    await phone.says('CALL_ESTABLISHED');
    phone.hangUp();
    expect((await carrier.done).code).toBe(0);
    const call = await lab.call('+442079460150');
    expect(call).toMatchObject({ sipStatus: 200, hungUpBy: 'caller', attempts: 1 });
  } finally {
    await phone.stop();
  }
});
