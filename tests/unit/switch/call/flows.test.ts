import { beforeEach, expect, test } from 'vitest';
import { Binding } from '@/lib/switch/registrar/binding';
import { NOTHING_LEFT, World } from './world';
import { answers, Phone, refuses } from './world-phone';

const CALLEE = '102@acme.lab.test';
let world: World;
let caller: Phone;
let first: Phone;
let second: Phone;

beforeEach(() => {
  world = new World();
  caller = world.phone('acme', '101');
  world.phone('acme', '102');
  first = new Phone(world.network, 'flow-1');
  second = new Phone(world.network, 'flow-2');
  const extension = world.directory.extension('tenant Acme', '102');
  if (!extension) throw new Error('no 102');
  world.location.dropExtension(extension.id, 'evicted');
  const nowMs = world.network.clock.nowMs();
  // The second flow is the older one: the first is the one that is used.
  const flows = [first, second].map(
    (phone, index) =>
      new Binding({
        extensionId: extension.id,
        contactUri: 'sip:102@192.168.1.5',
        instanceId: '<urn:uuid:1>',
        regId: index + 1,
        callId: phone.name,
        cseq: 1,
        flow: world.network.flow('switch', phone.name),
        path: [`<sip:edge-${index + 1};lr>`],
        userAgent: 'a phone',
        registeredAtMs: nowMs,
        refreshedAtMs: nowMs,
        expiresAtMs: nowMs + 600_000,
      }),
  );
  world.location.update(extension.id, flows);
});

test('a phone with two flows rings once, through the proxies of that flow', async () => {
  first.manner = answers;
  caller.dial('101@acme.lab.test', CALLEE);
  await world.pass(500);
  expect(caller.call.status).toBe(200);
  expect(first.calls).toHaveLength(1);
  expect(second.calls).toHaveLength(0);
  expect(first.heard[0]?.headers('route')).toEqual(['<sip:edge-1;lr>']);
  expect(first.heard[0]?.uri).toBe('sip:102@192.168.1.5');
  caller.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('the next flow takes over when the first has failed, and the call goes on', async () => {
  first.manner = refuses(430);
  second.manner = answers;
  caller.dial('101@acme.lab.test', CALLEE);
  await world.pass(500);
  expect(caller.call.status).toBe(200);
  expect(second.heard[0]?.headers('route')).toEqual(['<sip:edge-2;lr>']);
  caller.hangUp();
  await world.pass(200);
  expect(second.call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a flow that is silent is given up for the next', async () => {
  // Nothing gets through to it: its NAT has forgotten the phone.
  world.network.fate = ({ text }) => (text.includes('Route: <sip:edge-1') ? [] : [1]);
  second.manner = answers;
  caller.dial('101@acme.lab.test', CALLEE);
  await world.pass(8_000);
  expect(caller.call.status).toBe(200);
  expect(second.calls).toHaveLength(1);
  caller.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('what the phone itself says is not asked again by another flow', async () => {
  first.manner = refuses(486);
  second.manner = answers;
  caller.dial('101@acme.lab.test', CALLEE);
  await world.pass(500);
  expect(caller.call.status).toBe(486);
  expect(second.calls).toHaveLength(0);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('when every flow has failed the caller is told, once', async () => {
  first.manner = refuses(430);
  second.manner = refuses(430);
  caller.dial('101@acme.lab.test', CALLEE);
  await world.pass(500);
  expect(second.calls).toHaveLength(1);
  expect(caller.call.final).toHaveLength(1);
  expect(caller.call.status).toBeGreaterThanOrEqual(400);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
