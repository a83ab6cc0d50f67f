import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { listRegistrations } from '@/lib/services/registrations/list-registrations';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import type { Kamailio } from '@/tests/support/kamailio';
import { startKamailioEdge } from '@/tests/support/kamailio-edge';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { audioSdp } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/** Kamailio stands in front of the switch as its edge, twice; phones speak to it alone. */
const hasPeers = hasPeer('kamailio') && hasPeer('baresip');
const test = anyTest.skipIf(!hasPeers);

let running: RunningSwitch;
let edge: Kamailio;
let otherEdge: Kamailio;
const opened: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  if (!hasPeers) return;
  running = await startSwitch();
  edge = await startKamailioEdge('127.0.0.91', running.lab.sip);
  otherEdge = await startKamailioEdge('127.0.0.92', running.lab.sip);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.stop()));
  if (hasPeers) await running.noneIsLeft();
});

afterAll(async () => {
  await edge?.stop();
  await otherEdge?.stop();
  await running?.close();
});

async function wire(user: string, server: string): Promise<WirePhone> {
  const phone = await WirePhone.open({
    ...{ user, domain: 'acme.lab.test', secret: `lab-acme-${user}`, server },
  });
  opened.push({ stop: async () => phone.close() });
  return phone;
}

async function softphone(user: string, sipPort: number, more: { secondServer?: string } = {}) {
  const phone = await Baresip.start({
    ...{ user, domain: 'acme.lab.test', password: `lab-acme-${user}`, ...more },
    server: `${edge.address}:${edge.port}`,
    ...{ sipPort, controlPort: sipPort + 5, rtpPort: sipPort + 3_000, toneHz: 440 },
  });
  opened.push(phone);
  await phone.says('200 OK');
  return phone;
}

const place = ({ address, port }: Kamailio): string => `${address}:${port}`;

test('a phone behind an edge proxy registers through it, is called through it and calls through it', async () => {
  const phone = await softphone('107', 15_870);
  const operator = await labOperator(running.database);
  await eventually(
    async () => (await listRegistrations(operator, { search: '107' })).items.length === 1,
  );
  const caller = await wire('106', running.lab.sip);
  expect((await caller.register()).status).toBe(200);
  const dialog = await caller.call('107', audioSdp(41_050));
  await phone.says('CALL_ESTABLISHED');
  expect((await caller.hangUp(dialog)).status).toBe(200);
  await phone.says('CALL_CLOSED');
  // INVITE, ACK and BYE went by the proxy, to where the phone really is.
  for (const method of ['INVITE', 'ACK', 'BYE']) {
    expect(edge.log()).toMatch(new RegExp(`TO PHONE ${method} 107`));
  }
  const taken = caller.answer(audioSdp(41_052));
  phone.dial('106');
  await taken;
  await caller.request('ACK');
  await phone.says(/CALL_ESTABLISHED[\s\S]*CALL_ESTABLISHED/);
  phone.hangUp();
  await caller.hungUp();
  expect(edge.log()).toContain('FROM PHONE INVITE');
});

test('of two edges the one that dies is gone around, and the phone rings once', async () => {
  const phone = await softphone('108', 15_880, { secondServer: place(otherEdge) });
  await phone.says(/200 OK[\s\S]*200 OK/);
  const caller = await wire('106', running.lab.sip);
  const talk = async (): Promise<void> => {
    const dialog = await caller.call('108', audioSdp(41_054));
    expect((await caller.hangUp(dialog)).status).toBe(200);
  };
  await talk();
  const byOther = otherEdge.log().includes('TO PHONE INVITE 108');
  const [used, spare] = byOther ? [otherEdge, edge] : [edge, otherEdge];
  expect(spare.log()).not.toContain('TO PHONE INVITE 108');
  await used.stop();
  await talk();
  expect(spare.log()).toContain('TO PHONE INVITE 108');
  await eventually(() => phone.times('"CALL_CLOSED"') === 2);
  expect(phone.times('"CALL_ESTABLISHED"')).toBe(2);
});
