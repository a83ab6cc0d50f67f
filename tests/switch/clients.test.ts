import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { Linphone } from '@/tests/support/linphone';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type Product, startProduct } from '@/tests/support/product';
import { startSipp, stopAllSipp } from '@/tests/support/sipp';
import { registerBySipsak, runSipsak } from '@/tests/support/sipsak';
import { clearestTone } from '@/tests/support/tone';
import { audioSdp, browserAnswerSdp, headerOf } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';
import type { WireTransport } from '@/tests/support/wire/wire';

/** Clients of four makers, each by every transport it has, against the running switch. */
const hasPeers = hasPeer('baresip') && hasPeer('linphonec') && hasPeer('sipsak') && hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

let product: Product;
let lab: Lab;
const opened: { stop(): Promise<void> }[] = [];

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
  await Promise.all(opened.splice(0).map((each) => each.stop()));
  if (hasPeers) await eventually(async () => (await lab.leftovers()).openHolds === '0');
});

async function keep<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  opened.push(started);
  return started;
}

interface Started {
  readonly user: string;
  readonly sipPort: number;
  readonly toneHz: number;
  readonly transport?: 'udp' | 'tcp';
}

/** What both softphones are told, whatever their maker. */
function account(phone: Started) {
  return {
    ...phone,
    domain: 'acme.lab.test',
    password: `lab-acme-${phone.user}`,
    server: lab.sip,
    rtpPort: phone.sipPort + 3000,
  };
}

const baresip = (phone: Started) =>
  keep(Baresip.start({ ...account(phone), controlPort: phone.sipPort + 5 }));
const linphone = (phone: Started) => keep(Linphone.start(account(phone)));

async function wire(user: string, transport: WireTransport): Promise<WirePhone> {
  const phone = await WirePhone.open({
    user,
    domain: 'acme.lab.test',
    secret: `lab-acme-${user}`,
    server: product.ready.sip[transport].replace(/^(?:sips?:)/, ''),
    transport,
  });
  opened.push({ stop: async () => phone.close() });
  return phone;
}

test('sipsak is answered, registers, and is refused with a wrong secret', async () => {
  const options = await runSipsak(['-s', `sip:${lab.sip}`]);
  expect(options.code, options.output).toBe(0);
  const register = (secret: string) =>
    registerBySipsak({ user: '103', domain: 'acme.lab.test', secret, server: lab.sip });
  const right = await register('lab-acme-103');
  expect(right.code, right.output).toBe(0);
  const wrong = await register('lab-birch-103');
  expect(wrong.code).not.toBe(0);
  expect(wrong.output).toContain('403');
});

test.each(['udp', 'tcp', 'tls', 'ws', 'wss'] as const)(
  'a phone over %s registers, calls and is called',
  async (transport) => {
    const caller = await wire('104', transport);
    const callee = await wire('105', transport);
    expect((await caller.register()).status).toBe(200);
    expect((await callee.register()).status).toBe(200);
    const isBrowser = transport === 'ws' || transport === 'wss';
    const answer = isBrowser ? browserAnswerSdp(41_002) : audioSdp(41_002);
    for (const [from, to] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      const taken = to.answer(answer);
      const dialog = await from.call(to.options.user, audioSdp(41_000));
      const other = await taken;
      await to.request('ACK');
      const bye = to.hungUp();
      expect((await from.hangUp(dialog)).status).toBe(200);
      expect(headerOf(await bye, 'call-id')).toBe(other.callId);
    }
  },
);

test.each([
  ['udp', 'udp'],
  ['tcp', 'udp'],
  ['udp', 'tcp'],
  ['tcp', 'tcp'],
] as const)(
  'linphonec over %s and baresip over %s hear each other, whoever calls',
  async (one, two) => {
    const high = await linphone({ user: '106', sipPort: 15_610, toneHz: 1000, transport: one });
    const low = await baresip({ user: '107', sipPort: 15_620, toneHz: 440, transport: two });
    await low.says('200 OK');
    high.dial('sip:107@acme.lab.test');
    await low.says('CALL_ESTABLISHED');
    await eventually(() => low.heard().length > 8_000 && high.heard().length > 8_000);
    high.hangUp();
    await low.says('CALL_CLOSED');
    expect(clearestTone(low.heard(), 1000)).toBeGreaterThan(0.9);
    expect(clearestTone(high.heard(), 440)).toBeGreaterThan(0.9);
    low.dial('106');
    await low.says(/CALL_ESTABLISHED[\s\S]*CALL_ESTABLISHED/);
    low.hangUp();
    await high.says(/ended[\s\S]*ended/);
  },
);

test('a phone that linphonec holds says nothing, and is heard again when it resumes', async () => {
  const holder = await linphone({ user: '106', sipPort: 15_630, toneHz: 1000 });
  const held = await baresip({ user: '107', sipPort: 15_640, toneHz: 440 });
  await held.says('200 OK');
  holder.dial('sip:107@acme.lab.test');
  await held.says('CALL_ESTABLISHED');
  await eventually(() => held.heard().length > 8_000);
  holder.hold();
  await holder.says('is now paused');
  // Kilobits a second sent and received: it hears, and says nothing.
  await held.says(/got re-INVITE[\s\S]*audio=0\/6\d{4}/, 15_000);
  const before = holder.heard().length;
  holder.resume();
  await holder.says(/Media streams established[\s\S]*Media streams established/);
  await eventually(() => holder.heard().length > before + 8_000);
  expect(clearestTone(holder.heard().slice(-8_000), 440)).toBeGreaterThan(0.9);
  held.hangUp();
  await holder.says('ended');
});

test('a digit that linphonec sends arrives as that digit', async () => {
  const presser = await linphone({ user: '106', sipPort: 15_650, toneHz: 1000 });
  const listener = await baresip({ user: '107', sipPort: 15_660, toneHz: 440 });
  await listener.says('200 OK');
  presser.dial('sip:107@acme.lab.test');
  await listener.says('CALL_ESTABLISHED');
  presser.press('5');
  await listener.says(/CALL_DTMF_START[^}]*"5"/);
  presser.hangUp();
  await listener.says('CALL_CLOSED');
});

test('linphonec transfers its call to a third phone and leaves the two to talk', async () => {
  const transferor = await linphone({ user: '106', sipPort: 15_670, toneHz: 1000 });
  const transferee = await baresip({ user: '107', sipPort: 15_680, toneHz: 440 });
  const target = await baresip({ user: '108', sipPort: 15_690, toneHz: 700 });
  await Promise.all([transferee.says('200 OK'), target.says('200 OK')]);
  transferor.dial('sip:107@acme.lab.test');
  await transferee.says('CALL_ESTABLISHED');
  await transferor.says('Media streams established');
  transferor.command('transfer 1 sip:108@acme.lab.test');
  await target.says('CALL_ESTABLISHED');
  await transferor.says('ended');
  const alreadyHeard = transferee.heard().length;
  await eventually(() => transferee.heard().length > alreadyHeard + 8_000);
  await eventually(() => target.heard().length > 8_000);
  expect(clearestTone(transferee.heard().slice(-8_000), 700)).toBeGreaterThan(0.9);
  expect(clearestTone(target.heard(), 440)).toBeGreaterThan(0.9);
  target.hangUp();
  await transferee.says('CALL_CLOSED');
});

test('baresip transfers a call that it took to a carrier, on its own account', async () => {
  const carrier = await startSipp({ scenario: 'answer', localPort: 5092, mediaPort: 33_400 });
  const caller = await linphone({ user: '106', sipPort: 15_700, toneHz: 1000 });
  const transferor = await baresip({ user: '107', sipPort: 15_710, toneHz: 440 });
  await transferor.says('200 OK');
  caller.dial('sip:107@acme.lab.test');
  await transferor.says('CALL_ESTABLISHED');
  transferor.transfer('sip:+442079460171@acme.lab.test');
  await transferor.says('CALL_CLOSED');
  caller.hangUp();
  expect((await carrier.done).code).toBe(0);
  const call = await lab.call('+442079460171');
  expect(call.hops.map((hop) => hop.buyer)).toEqual(['Acme', 'North', 'Operator']);
  expect(call).toMatchObject({ class: 'outbound', sipStatus: 200 });
});
