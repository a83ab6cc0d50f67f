import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { makeSelfSigned } from '@/lib/infra/tls/self-signed';
import type { ServiceContext } from '@/lib/services/context';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { getTrunk } from '@/lib/services/trunks/get-trunk';
import { updateTrunk } from '@/lib/services/trunks/update-trunk';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { addCarrier, connectionOf } from '@/tests/support/lab-carriers';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { audioSdp } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/** baresip plays a carrier that takes calls by TLS, with a certificate for its name. */
const CARRIER = '127.0.0.1';
const PORT = 15_810;
const NAME = 'sip.carrier.test';
const NUMBER = '+442079473001';

const hasPeers = hasPeer('baresip');
const test = anyTest.skipIf(!hasPeers);

let running: RunningSwitch;
let operator: ServiceContext;
let carrier: Baresip;
let trunkId: string;
let carrierId: string;
const { cert, key } = makeSelfSigned([NAME], Date.now());

beforeAll(async () => {
  if (!hasPeers) return;
  running = await startSwitch();
  operator = await labOperator(running.database);
  carrier = await Baresip.start({
    ...{ user: NUMBER, domain: CARRIER, password: 'nobody-asks', address: CARRIER },
    ...{ sipPort: PORT, controlPort: PORT + 5, rtpPort: 18_810, toneHz: 440 },
    certificate: `${cert}${key}`,
  });
  const trunk = await addCarrier(operator, {
    ...{ name: 'by TLS', prefix: '442079473', perMinute: '0.0010', isOnly: true },
    trunk: {
      ...{ address: CARRIER, port: PORT + 1, transport: 'tls', tlsName: NAME, tlsCa: cert },
    },
  });
  trunkId = trunk.id;
  carrierId = trunk.carrier?.id ?? '';
});

afterEach(async () => {
  if (hasPeers) await running.noneIsLeft();
});

afterAll(async () => {
  await carrier?.stop();
  await running?.close();
});

async function calling<T>(work: (phone: WirePhone) => Promise<T>): Promise<T> {
  const phone = await WirePhone.open({
    ...{ user: '101', domain: 'acme.lab.test', secret: 'lab-acme-101' },
    server: `127.0.0.1:${running.ports.sip}`,
  });
  try {
    return await work(phone);
  } finally {
    phone.close();
  }
}

test('a carrier whose certificate bears the configured name is called by TLS, and hangs up by it', async () => {
  await calling(async (phone) => {
    await phone.call(NUMBER, audioSdp(41_030));
    await carrier.says('CALL_ESTABLISHED');
    carrier.hangUp();
    await phone.hungUp();
  });
  const call = await running.lab.call(NUMBER);
  expect(call).toMatchObject({ class: 'outbound', sipStatus: 200, hungUpBy: 'callee' });
  expect(call.hops.at(-1)?.seller).toBe('by TLS');
});

test('one whose certificate is for another name is not called, and its trunk says why', async () => {
  const wrong = { tlsName: 'other.carrier.test', tlsCa: cert };
  const { generation } = await updateTrunk(operator, trunkId, wrong);
  await eventually(async () => {
    const { status } = await getTrunk(operator, trunkId);
    return (status.observedGeneration ?? 0) >= generation;
  });
  await calling(async (phone) => {
    await expect(phone.call(NUMBER, audioSdp(41_032))).rejects.toThrow(/ 503 /);
  });
  const [, refused] = await running.lab.calls(NUMBER, 2);
  expect(refused).toMatchObject({ sipStatus: 503, attempts: 1, hops: [] });
  expect(carrier.times('"CALL_ESTABLISHED"')).toBe(1);

  // A registrar is known by its certificate too; where it isn't, no secret is tried on it.
  const registering = await createTrunk(operator, {
    ...{ kind: 'registration', name: 'registers by TLS', carrierId, host: CARRIER },
    ...{ port: PORT + 1, transport: 'tls', username: 'us', secret: 'their-secret-12', ...wrong },
  });
  const connection = () => connectionOf(operator, registering.id);
  await eventually(async () => (await connection()).registration === 'failed');
  expect((await connection()).errorText).toBe(
    `The certificate is not other.carrier.test's: it is for DNS:${NAME}.`,
  );
});
