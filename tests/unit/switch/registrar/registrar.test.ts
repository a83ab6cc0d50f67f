import { expect, test } from 'vitest';
import { phoneTargets } from '@/lib/switch/registrar/reach';
import { extensionId, House } from '@/tests/unit/switch/house';

const ID = extensionId('acme', '101');
const INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"';

function bindingsOf(house: House, id = ID) {
  return house.location.lookup(id, house.network.clock.nowMs());
}

test('a REGISTER without contacts only asks, and is told all bindings with what is left of them', () => {
  const house = new House();
  house.phone('acme-101', 'desk').register({ expires: 600 });
  house.network.advance(10_000);
  const other = house.phone('acme-101', 'soft');
  other.register({ expires: 300 });
  house.network.advance(10_000);
  const answer = other.register({ contact: undefined });
  expect(answer.status).toBe(200);
  expect(answer.headers('contact')).toEqual([
    '<sip:101@soft:5060>;expires=290',
    '<sip:101@desk:5060>;expires=580',
  ]);
  expect(answer.header('date')).toMatch(/GMT$/);
});

test('a phone of one tenant never registers as the same number of another', () => {
  const house = new House();
  const phone = house.phone('acme-101', 'desk');
  const stolen = phone.register({ to: '<sip:101@birch.test>' });
  expect(stolen.status).toBe(401);
  expect(phone.register({ to: '<sip:102@acme.test>' }).status).toBe(403);
  expect(house.location.size).toBe(0);
});

test('a Path is kept, told back and becomes the way to the phone', () => {
  const house = new House();
  const path = ['<sip:edge.test;lr;ob>', '<sip:inner.test;lr>'];
  const answer = house.phone('acme-101', 'desk').register({ path, supported: 'path' });
  expect(answer.status).toBe(200);
  expect(answer.headers('path')).toEqual(path);
  expect(answer.headers('supported')).toContain('path');
  const [target] = phoneTargets(bindingsOf(house));
  expect(target).toMatchObject({
    routes: path,
    // The flow's far end, never an address out of the Path.
    flow: { remote: { address: 'desk' } },
  });
});

test('what a REGISTER requires is path and outbound; anything else is named in a 420', () => {
  const house = new House();
  const phone = house.phone('acme-101', 'desk');
  expect(phone.register({ require: 'path, outbound' }).status).toBe(200);
  const refused = phone.register({ require: 'path, gruu' });
  expect(refused.status).toBe(420);
  expect(refused.headers('unsupported')).toEqual(['gruu']);
});

test('two flows of a phone are kept, one is used, the other waits for its failure', () => {
  const house = new House();
  const first = house.phone('acme-101', 'desk', 'tcp');
  const second = house.phone('acme-101', 'desk2', 'tcp');
  const flow = (regId: number) => ({
    contact: `<sip:101@192.168.1.2;transport=tcp>;reg-id=${regId};${INSTANCE}`,
    supported: 'path, outbound',
  });
  const answer = first.register(flow(1));
  expect(answer.headers('require')).toEqual(['outbound']);
  expect(answer.header('flow-timer')).toBe('120');
  second.register(flow(2));
  expect(bindingsOf(house)).toHaveLength(2);
  const targets = phoneTargets(bindingsOf(house));
  expect(targets).toHaveLength(1);
  expect(targets[0]?.flow.remote.address).toBe('desk2');
  expect(targets[0]?.alternatives.map((one) => one.flow.remote.address)).toEqual(['desk']);
});

test('a reg-id means nothing from a phone that does not support outbound or names no instance', () => {
  const house = new House();
  const phone = house.phone('acme-101', 'desk');
  const plain = phone.register({ contact: `<sip:101@desk>;reg-id=1;${INSTANCE}` });
  expect(plain.header('require')).toBeUndefined();
  expect(bindingsOf(house)).toMatchObject([{ regId: 0 }]);
  const nameless = phone.register({ contact: '<sip:101@desk>;reg-id=1', supported: 'outbound' });
  expect(nameless.header('require')).toBeUndefined();
});

test('a flow through a proxy that does not keep flows is refused with 439', () => {
  const house = new House();
  const phone = house.phone('acme-101', 'desk');
  const headers = {
    contact: `<sip:101@10.0.0.9>;reg-id=1;${INSTANCE}`,
    supported: 'path, outbound',
  };
  const refused = phone.throughProxy({ ...headers, path: '<sip:edge;lr>' });
  expect(refused).toMatchObject({ status: 439, reason: 'First Hop Lacks Outbound Support' });
  const accepted = phone.throughProxy({ ...headers, path: '<sip:edge;lr;ob>' });
  expect(accepted.status).toBe(200);
  expect(accepted.header('require')).toBe('outbound');
});

test('two flows in one REGISTER are refused: it came by one', () => {
  const house = new House();
  const contact = [1, 2].map((regId) => `<sip:101@desk>;reg-id=${regId};${INSTANCE}`);
  const answer = house.phone('acme-101', 'desk').register({ contact, supported: 'outbound' });
  expect(answer.status).toBe(400);
  expect(house.location.size).toBe(0);
});

test('a contact that leads nowhere is kept as written and reached by its flow alone', () => {
  const house = new House();
  house.phone('acme-101', 'browser', 'ws').register({
    contact: '<sip:ab12@df7jal23ls0d.invalid;transport=ws>',
  });
  expect(phoneTargets(bindingsOf(house))).toMatchObject([
    {
      uri: 'sip:ab12@df7jal23ls0d.invalid;transport=ws',
      flow: { transport: 'ws', remote: { address: 'browser' } },
    },
  ]);
});

test('what can’t be kept is refused, not cut short', () => {
  const house = new House();
  const phone = house.phone('acme-101', 'desk');
  const long = 'x'.repeat(600);
  expect(phone.register({ contact: `<sip:${long}@desk>` }).status).toBe(400);
  expect(phone.register({ contact: `<sip:101@desk>;+sip.instance="${long}"` }).status).toBe(400);
  expect(phone.register({ 'call-id': long.slice(0, 300) }).status).toBe(400);
  expect(phone.register({ path: `<sip:${long}${long}@edge;lr>` }).status).toBe(400);
  expect(phone.register({ path: 'no uri' }).status).toBe(400);
  expect(phone.register({ contact: Array(40).fill('<sip:101@desk>') }).status).toBe(400);
  expect(house.location.size).toBe(0);
});

test('a contact is refused as a whole with 423 and the shortest interval that is taken', () => {
  const house = new House();
  const answer = house.phone('acme-101', 'desk').register({ expires: 30 });
  expect(answer.status).toBe(423);
  expect(answer.header('min-expires')).toBe('60');
});

test('a star removes every binding with Expires 0, and is refused without', () => {
  const house = new House();
  const phone = house.phone('acme-101', 'desk');
  phone.register();
  house.phone('acme-101', 'soft').register();
  expect(phone.register({ contact: '*' }).status).toBe(400);
  expect(bindingsOf(house)).toHaveLength(2);
  const answer = phone.register({ contact: '*', expires: 0 });
  expect(answer.status).toBe(200);
  expect(answer.header('contact')).toBeUndefined();
  expect(bindingsOf(house)).toHaveLength(0);
  expect(house.changes.at(-1)?.gone.map((one) => one.cause)).toEqual([
    'unregistered',
    'unregistered',
  ]);
});

test('a suspended extension, and one of an ended account, is turned away by name of the reason', () => {
  const house = new House();
  const phone = house.phone('acme-101', 'desk');
  house.putExtension('acme', '101', { status: 'suspended' });
  expect(phone.register()).toMatchObject({ status: 403, reason: 'Suspended' });
  expect(house.refused).toEqual(['suspended']);
});

test('no transaction is left when the phones are done', () => {
  const house = new House();
  house.phone('acme-101', 'desk').register();
  house.network.advance(40_000);
  expect(house.liveTransactions()).toBe(0);
  expect(house.network.errors).toEqual([]);
});
