import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import type { ServiceContext } from '@/lib/services/context';
import { updateTrunk } from '@/lib/services/trunks/update-trunk';
import { eventually } from '@/tests/support/eventually';
import type { Kamailio } from '@/tests/support/kamailio';
import { startKamailioCarrier } from '@/tests/support/kamailio-carrier';
import { addCarrier, connectionOf } from '@/tests/support/lab-carriers';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { runSipp, startSipp, stopAllSipp } from '@/tests/support/sipp';
import { audioSdp, headerOf } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/** Kamailio is the carrier that we register with; behind it SIPp is the telephone network. */
const CARRIER = '127.0.0.71';
const NETWORK = { address: '127.0.0.72', port: 15_720 };
const ACCOUNT = { username: 'tollbridge', realm: 'carrier.lab.test', secret: 'their-secret-12' };
const PREFIX = '442079467';

const hasPeers = hasPeer('kamailio') && hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

let running: RunningSwitch;
let carrier: Kamailio;
let operator: ServiceContext;
let trunkId: string;
const phones: WirePhone[] = [];

beforeAll(async () => {
  if (!hasPeers) return;
  running = await startSwitch();
  operator = await labOperator(running.database);
  carrier = await startKamailioCarrier({
    ...{ address: CARRIER, account: ACCOUNT, gateway: NETWORK, maxExpires: 8 },
  });
  const trunk = await addCarrier(operator, {
    ...{ name: 'kamailio', prefix: PREFIX, perMinute: '0.0010' },
    trunk: {
      ...{ kind: 'registration', host: CARRIER, port: carrier.port, transport: 'udp', ...ACCOUNT },
      secret: 'mistyped-secret',
    },
  });
  trunkId = trunk.id;
});

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await stopAllSipp();
  if (hasPeers) await running.noneIsLeft();
});

afterAll(async () => {
  await carrier?.stop();
  await running?.close();
});

async function registeredPhone(tenant: 'acme' | 'birch', user: string): Promise<WirePhone> {
  const phone = await WirePhone.open({
    ...{ user, domain: `${tenant}.lab.test`, secret: `lab-${tenant}-${user}` },
    server: `127.0.0.1:${running.ports.sip}`,
  });
  phones.push(phone);
  expect((await phone.register()).status).toBe(200);
  return phone;
}

const registers = () => carrier.log().match(/REGISTER expires/g)?.length ?? 0;

test('a wrong secret is told and asked about rarely; mended, it registers at once and refreshes in time', async () => {
  await eventually(async () => (await connectionOf(operator, trunkId)).registration === 'failed');
  expect(await connectionOf(operator, trunkId)).toMatchObject({
    ...{ errorStatus: 401, errorText: 'Wrong user name or secret.' },
  });
  // Asked, proved wrongly; and not once more before a person mends it.
  expect(registers()).toBe(2);
  await updateTrunk(operator, trunkId, { secret: ACCOUNT.secret });
  await eventually(
    async () => (await connectionOf(operator, trunkId)).registration === 'registered',
  );
  expect(registers()).toBe(4);
  const { registeredUntil, errorText } = await connectionOf(operator, trunkId);
  expect(errorText).toBeNull();
  // Eight seconds were granted, so it is refreshed after six.
  const untilMs = Date.parse(registeredUntil ?? '');
  expect(untilMs).toBeLessThan(Date.now() + 8_500);
  await eventually(
    async () => Date.parse((await connectionOf(operator, trunkId)).registeredUntil ?? '') > untilMs,
    8_000,
  );
  expect((await connectionOf(operator, trunkId)).registration).toBe('registered');
  expect(Date.now()).toBeLessThan(untilMs);
});

test('a call goes out through it, proved anew and in its route to the end, at its price', async () => {
  const network = await startSipp({
    ...{ scenario: 'answer', localAddress: NETWORK.address, localPort: NETWORK.port },
  });
  const phone = await registeredPhone('acme', '101');
  const dialog = await phone.call(`+${PREFIX}001`, audioSdp(41_000));
  expect((await phone.hangUp(dialog)).status).toBe(200);
  const { code, log, messages } = await network.done;
  expect(code, messages).toBe(0);
  expect(log).toContain(`sip:+${PREFIX}001@`);
  // What we proved to the carrier is nobody else's business.
  expect(messages).not.toContain('Authorization');
  expect(carrier.log()).toMatch(/LOOSE ACK[\s\S]*LOOSE BYE/);
  const call = await running.lab.call(`+${PREFIX}001`);
  expect(call).toMatchObject({
    class: 'outbound',
    sipStatus: 200,
    hungUpBy: 'caller',
    attempts: 1,
  });
  expect(call.hops.map((hop) => [hop.buyer, hop.seller])).toEqual([
    ['Acme', 'North'],
    ['North', 'Operator'],
    ['Operator', 'kamailio'],
  ]);
});

test('a call comes in by its location of us, for the number in To, and rings at its tenant alone', async () => {
  const phone = await registeredPhone('acme', '101');
  const neighbour = await registeredPhone('birch', '101');
  const calling = runSipp({
    ...{ scenario: 'call-in', target: `${CARRIER}:${carrier.port}`, pauseMs: 200 },
    ...{ localAddress: NETWORK.address, localPort: NETWORK.port + 1 },
    fields: [['+442079460001', CARRIER, '', '+12025550101']],
  });
  const invite = await phone.request('INVITE');
  expect(headerOf(invite, 'from')).toContain('+442079460001');
  phone.accept(invite, audioSdp(41_002));
  await phone.request('ACK');
  await phone.hungUp();
  const { code, messages } = await calling;
  expect(code, messages).toBe(0);
  expect(neighbour.heard.some(({ method }) => method === 'INVITE')).toBe(false);
  const call = await running.lab.call('+12025550101');
  expect(call).toMatchObject({ class: 'inbound', sipStatus: 200, hungUpBy: 'caller' });
});
