import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import type { ServiceContext } from '@/lib/services/context';
import { assignNumber } from '@/lib/services/numbers/assign-number';
import { createNumber } from '@/lib/services/numbers/create-number';
import { getNumber } from '@/lib/services/numbers/get-number';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { resetTrunkSecret } from '@/lib/services/trunks/reset-trunk-secret';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { connectionOf } from '@/tests/support/lab-carriers';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { startSipp, stopAllSipp } from '@/tests/support/sipp';
import { audioSdp } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/** baresip is the PBX of a customer, with a number; SIPp plays the lab's carriers. */
const NUMBER = '+12025550151';
const DIALLED = '+442079460151';
const CARRIER_A = 5090;
const CARRIER_B = 5092;

const hasPeers = hasPeer('baresip') && hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

let running: RunningSwitch;
let operator: ServiceContext;
let trunkId: string;
let credentials: { readonly username: string; readonly domain: string; readonly secret: string };
const opened: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  if (!hasPeers) return;
  running = await startSwitch();
  operator = await labOperator(running.database);
  const tenant = await running.database.prisma.tenant.findUniqueOrThrow({
    where: { domain: 'acme.lab.test' },
  });
  const trunk = await createTrunk(operator, {
    ...{ kind: 'pbx', tenantId: tenant.id, name: 'Head office' },
  });
  trunkId = trunk.id;
  credentials = await resetTrunkSecret(operator, trunkId);
  const number = await createNumber(operator, { e164: NUMBER, accountId: tenant.accountId });
  await assignNumber(operator, number.id, { tenantId: tenant.id, trunkId });
  await eventually(async () => {
    const { generation, status } = await getNumber(operator, number.id);
    return status.observedGeneration === generation;
  });
});

afterEach(async () => {
  await stopAllSipp();
  await Promise.all(opened.splice(0).map((each) => each.stop()));
  if (hasPeers) await running.noneIsLeft();
});

afterAll(async () => {
  await running?.close();
});

/** The PBX, registered by its pilot user; it takes calls for its number as they come. */
async function pbx(sipPort: number, transport: 'udp' | 'tcp' | 'tls'): Promise<Baresip> {
  const { username, domain, secret } = credentials;
  const port = transport === 'tls' ? running.ports.tls : running.ports.sip;
  const started = await Baresip.start({
    ...{ user: username, domain, password: secret, server: `127.0.0.1:${port}`, transport },
    ...{ sipPort, controlPort: sipPort + 5, rtpPort: sipPort + 3_000, toneHz: 440 },
    numbers: [NUMBER],
  });
  opened.push(started);
  await started.says('200 OK');
  await eventually(
    async () => (await connectionOf(operator, trunkId)).registration === 'registered',
  );
  return started;
}

test.each([
  { transport: 'udp', port: 15_830 },
  { transport: 'tcp', port: 15_840 },
  { transport: 'tls', port: 15_850 },
] as const)(
  'a PBX registered over $transport takes a call for its number and hangs up',
  async ({ transport, port }) => {
    const exchange = await pbx(port, transport);
    const calling = await startSipp({
      ...{ scenario: 'call-in', target: running.lab.sip, localPort: CARRIER_A },
      ...{ mediaPort: port + 4_000, pauseMs: 300 },
      fields: [['+442079460001', 'carrier.test', '', NUMBER]],
    });
    await exchange.says('CALL_ESTABLISHED');
    const { code, messages } = await calling.done;
    expect(code, messages).toBe(0);
    await exchange.says('CALL_CLOSED');
    // What was dialled is what it was called by; the carrier learns nothing of it.
    expect(exchange.times(`"accountaor":"sip:${NUMBER}@acme.lab.test"`)).toBeGreaterThan(0);
    expect(messages).not.toContain(credentials.username);
    const call = (await running.lab.calls(NUMBER)).at(-1);
    expect(call).toMatchObject({ class: 'inbound', sipStatus: 200, hungUpBy: 'caller' });
  },
);

test('a PBX calls out with its number and digest, at the expense of its tenant', async () => {
  const exchange = await pbx(15_860, 'udp');
  const carrier = await startSipp({
    ...{ scenario: 'answer', localPort: CARRIER_B, mediaPort: 19_900 },
  });
  exchange.callAs(`sip:${NUMBER}@acme.lab.test`);
  exchange.dial(DIALLED);
  await exchange.says('CALL_ESTABLISHED');
  exchange.hangUp();
  const { code, log, messages } = await carrier.done;
  expect(code, messages).toBe(0);
  expect(log).toContain(`INVITE sip:${DIALLED}@`);
  expect(log).toContain(`<sip:${NUMBER}@`);
  const call = await running.lab.call(DIALLED);
  expect(call).toMatchObject({ class: 'outbound', sipStatus: 200, hungUpBy: 'caller' });
  expect(call.hops.map(({ buyer }) => buyer)).toEqual(['Acme', 'North', 'Operator']);
});

test('a phone of another tenant does not become the PBX by its name, nor by a wrong secret', async () => {
  const { username } = credentials;
  const phone = await WirePhone.open({
    ...{ user: username, domain: 'birch.lab.test', secret: credentials.secret },
    server: `127.0.0.1:${running.ports.sip}`,
  });
  opened.push({ stop: async () => phone.close() });
  expect((await phone.register()).status).toBe(403);
  await expect(phone.call('+442079460152', audioSdp(41_040))).rejects.toThrow(/ 403 /);
  const guesser = await WirePhone.open({
    ...{ user: username, domain: 'acme.lab.test', secret: 'guessed-secret' },
    server: `127.0.0.1:${running.ports.sip}`,
  });
  opened.push({ stop: async () => guesser.close() });
  expect((await guesser.register()).status).toBe(403);
});
