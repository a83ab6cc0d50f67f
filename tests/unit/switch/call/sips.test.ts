import { beforeEach, expect, test } from 'vitest';
import { Binding } from '@/lib/switch/registrar/binding';
import { NOTHING_LEFT, World } from './world';
import { answers, Phone } from './world-phone';

const ABROAD = '+442079460018';

let world: World;
let caller: Phone;

beforeEach(() => {
  world = new World();
  caller = world.phone('acme', '101');
});

/** A phone of extension 102 on a connection of its own. */
function phoneBy(transport: 'udp' | 'tcp' | 'tls' | 'wss', name: string = transport): Phone {
  const extension = world.directory.extension('tenant Acme', '102');
  if (!extension) throw new Error('no 102');
  const nowMs = world.network.clock.nowMs();
  const binding = new Binding({
    extensionId: extension.id,
    contactUri: `sip:102@${name}`,
    instanceId: '',
    regId: 0,
    callId: name,
    cseq: 1,
    flow: world.network.flow('switch', name, transport),
    path: [],
    userAgent: 'a phone',
    registeredAtMs: nowMs,
    refreshedAtMs: nowMs,
    expiresAtMs: nowMs + 600_000,
  });
  world.location.update(extension.id, [binding]);
  const phone = new Phone(world.network, name);
  phone.manner = answers;
  return phone;
}

async function dial(to: string): Promise<void> {
  caller.dial('101@acme.lab.test', `sips:${to}@acme.lab.test`);
  await world.pass(500);
}

test('a call by sips rings the phones that are reached by TLS, and no other', async () => {
  const open = [phoneBy('udp'), phoneBy('tcp')];
  const secure = [phoneBy('tls'), phoneBy('wss')];
  await dial('102');
  expect(caller.call.status).toBe(200);
  expect(open.map((phone) => phone.calls.length)).toEqual([0, 0]);
  expect(secure.map((phone) => phone.calls.length)).toEqual([1, 1]);
  caller.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a dialog begun by a SIPS URI has one for its Contact, one begun by sip has none', async () => {
  const secure = world.phone('acme', '103');
  secure.transport = 'tls';
  const phone = phoneBy('tls');
  for (const scheme of ['sips', 'sip']) {
    secure.dial('103@acme.lab.test', `${scheme}:102@acme.lab.test`);
    await world.pass(500);
    const contact = scheme === 'sips' ? '<sips:switch>' : '<sip:switch>';
    expect(secure.call.final.at(-1)?.header('contact')).toBe(contact);
    secure.hangUp();
    await world.pass(500);
  }
  expect(phone.calls).toHaveLength(2);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a call for help is put through whatever it was dialled by', async () => {
  const carrier = world.carrier('carrier-a');
  carrier.manner = answers;
  await dial('911');
  expect(caller.call.status).toBe(200);
  expect(carrier.calls).toHaveLength(1);
  caller.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('where nobody is reached by TLS a call by sips reaches nobody, nor does a forward of it', async () => {
  const carrier = world.carrier('carrier-b');
  carrier.manner = answers;
  const phone = phoneBy('udp');
  world.forwards('acme', '102', { unreachable: ABROAD });
  await dial('102');
  expect(caller.call.status).toBe(480);
  await dial(ABROAD);
  expect(caller.call.status).toBe(503);
  expect([phone.calls, carrier.calls]).toEqual([[], []]);
  expect(world.charging.paid).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
