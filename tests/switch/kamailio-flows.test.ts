import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import type { Kamailio } from '@/tests/support/kamailio';
import { startKamailioCarrier } from '@/tests/support/kamailio-carrier';
import { addCarrier, connectionOf } from '@/tests/support/lab-carriers';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { runSipp, stopAllSipp } from '@/tests/support/sipp';
import { audioSdp } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/** A carrier that we register with by TCP, and that calls us by that very connection. */
const CARRIER = '127.0.0.73';
const NETWORK = { address: '127.0.0.74', port: 15_740 };
const ACCOUNT = { username: 'tollbridge', realm: 'flows.lab.test', secret: 'their-secret-12' };
const NUMBER = '+12025550101';

const hasPeers = hasPeer('kamailio') && hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

let running: RunningSwitch;
let carrier: Kamailio;
const phones: WirePhone[] = [];

beforeAll(async () => {
  if (!hasPeers) return;
  running = await startSwitch();
  const operator = await labOperator(running.database);
  carrier = await startKamailioCarrier({
    ...{ address: CARRIER, account: ACCOUNT, gateway: NETWORK, maxExpires: 300 },
    callsByFlow: true,
  });
  const trunk = await addCarrier(operator, {
    ...{ name: 'kamailio', prefix: '442079467', perMinute: '0.0010' },
    trunk: {
      ...{ kind: 'registration', host: CARRIER, port: carrier.port, transport: 'tcp' },
      ...ACCOUNT,
    },
  });
  await eventually(
    async () => (await connectionOf(operator, trunk.id)).registration === 'registered',
  );
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

async function phone(tenant: string, localAddress = '127.0.0.1'): Promise<WirePhone> {
  const opened = await WirePhone.open({
    ...{ user: '101', domain: `${tenant}.lab.test`, secret: `lab-${tenant}-101` },
    ...{ server: `127.0.0.1:${running.ports.sip}`, transport: 'tcp', localAddress },
  });
  phones.push(opened);
  return opened;
}

test('a call that comes by the connection we registered by is the carrier’s, without our token', async () => {
  const desk = await phone('acme');
  expect((await desk.register()).status).toBe(200);
  const calling = runSipp({
    ...{ scenario: 'call-in', target: `${CARRIER}:${carrier.port}`, pauseMs: 200 },
    ...{ localAddress: NETWORK.address, localPort: NETWORK.port },
    fields: [['+442079460001', CARRIER, '', NUMBER]],
  });
  desk.accept(await desk.request('INVITE'), audioSdp(41_060));
  await desk.request('ACK');
  await desk.hungUp();
  const { code, messages } = await calling;
  expect(code, messages).toBe(0);
  expect(carrier.log()).toContain(`CALL IN sip:${NUMBER}@`);
  expect(await running.lab.call(NUMBER)).toMatchObject({ class: 'inbound', sipStatus: 200 });
});

test.each(['acme', 'birch'])(
  'a phone of %s at the carrier’s address is a phone: by a connection of its own it proves itself',
  async (tenant) => {
    const neighbour = await phone(tenant, CARRIER);
    expect((await neighbour.register()).status).toBe(200);
    const caller = await phone(tenant);
    // It is asked who it is, and heard by its own tenant: it calls itself, and is rung.
    const calling = caller.call('101', audioSdp(41_062));
    neighbour.accept(await neighbour.request('INVITE'), audioSdp(41_064));
    const dialog = await calling;
    await neighbour.request('ACK');
    const over = neighbour.hungUp();
    expect((await caller.hangUp(dialog)).status).toBe(200);
    await over;
    // What a carrier may do, it may not.
    const { reply } = await neighbour.ask({
      ...{ method: 'INVITE', uri: `sip:${NUMBER}@carrier.test`, from: '<sip:x@x.test>;tag=x' },
      body: audioSdp(41_066),
    });
    expect([401, 403]).toContain(reply.status);
  },
);
