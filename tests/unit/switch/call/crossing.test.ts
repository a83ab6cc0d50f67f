import { beforeEach, expect, test } from 'vitest';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { LINEAGE_HEADER } from '@/lib/switch/call/loop-guard';
import { NOTHING_LEFT, World } from './world';
import { answers, type Manner, Phone, refuses } from './world-phone';

let world: World;
let caller: Phone;
let carrier: Phone;

beforeEach(() => {
  world = new World();
  caller = world.phone('acme', '101');
  carrier = world.carrier('carrier-b');
});

function dial(to: string, headers: Record<string, string> = {}): void {
  caller.dial('101@acme.lab.test', `${to}@acme.lab.test`, headers);
}

const redirects =
  (...contacts: string[]): Manner =>
  (_phone, transaction) =>
    transaction.respond(302, 'Moved Temporarily', { headers: { contact: contacts } });

function heardBy(phone: Phone): SipRequest {
  const invite = phone.heard.find((request) => request.method === 'INVITE');
  if (!invite) throw new Error(`${phone.name} heard no INVITE`);
  return invite;
}

/** A carrier that sends every call straight back, headers and all. */
const sendsBack =
  (to: string, maxForwards?: string): Manner =>
  (phone: Phone, transaction: ServerTransaction) => {
    const { request } = transaction;
    const lineage = request.header(LINEAGE_HEADER) ?? '';
    const back = phone.dial(`+442079460018@${phone.name}`, `${to}@switch`, {
      [LINEAGE_HEADER]: lineage,
      'max-forwards': maxForwards ?? String(request.maxForwards - 1),
    });
    const answer = (): void => {
      if (back.status === undefined) world.stack.timers.after(10, answer);
      else transaction.respond(back.status);
    };
    answer();
  };

test('our own call that comes back for the number it left for is a loop: 482, in the record', async () => {
  carrier.manner = sendsBack('+442079460018');
  dial('+442079460018');
  await world.pass(500);
  expect(carrier.calls.find((call) => call.status !== undefined)?.status).toBe(482);
  expect(caller.call.status).toBe(482);
  expect(world.record('+442079460018')).toMatchObject({ sipStatus: 482, q850Cause: 25 });
  expect(world.charging.paid).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a circle of forwards through a carrier ends where it closes, with the reason in the record', async () => {
  world.phone('cedar', '101');
  world.forwards('cedar', '101', { always: '+442079460018' });
  carrier.manner = sendsBack('+12025550103', '70');
  dial('+12025550103');
  await world.pass(1_000);
  const back = world.charging.settled.filter((each) => each.facts.callClass === 'inbound');
  expect(back).toMatchObject([{ sipStatus: 482, refusal: { code: 'LOOP_DETECTED' } }]);
  expect(back[0]?.facts.accountId).toBe('Cedar');
  expect(carrier.heard.filter((request) => request.method === 'INVITE')).toHaveLength(1);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a call that comes back for a number of ours is delivered: somebody forwards a mobile', async () => {
  const desk = world.phone('cedar', '101');
  desk.manner = answers;
  carrier.manner = sendsBack('+12025550103');
  dial('+442079460018');
  await world.pass(500);
  expect(desk.calls).toHaveLength(1);
  expect(carrier.call.status).toBe(200);
});

test('Max-Forwards goes on by one less, and a call that has none left is refused with 483', async () => {
  carrier.manner = answers;
  dial('+442079460018', { 'max-forwards': '7' });
  await world.pass(100);
  expect(heardBy(carrier).maxForwards).toBe(6);
  dial('+442079460018', { 'max-forwards': '0' });
  await world.pass(100);
  expect(caller.call.status).toBe(483);
});

test('nothing of how one side is built reaches the other, in either direction', async () => {
  carrier.manner = (_phone, transaction) => {
    transaction.respond(486, 'inside gw7.carrier.test', {
      headers: {
        warning: '399 inside "inside"',
        server: 'inside/2.0',
        'error-info': '<sip:inside@10.9.8.7>',
        'retry-after': '5',
        'x-inside': 'inside',
      },
    });
  };
  dial('+442079460018', {
    contact: '<sip:inside@10.9.8.7>',
    'record-route': '<sip:10.9.8.7;lr>',
    'user-agent': 'inside/1.0',
    subject: 'inside',
    'call-info': '<http://10.9.8.7/inside>',
    'alert-info': '<http://10.9.8.7/inside>;info=alert-autoanswer',
    'x-inside': 'inside',
  });
  await world.pass(500);
  const told = caller.call.final[0];
  for (const message of [heardBy(carrier), told]) {
    const lines = message?.fields.lines().map((line) => `${line.name}: ${line.value}`);
    expect(lines?.join('\n')).not.toMatch(/inside|gw7|10\.9\.8\.7/);
  }
  expect(told?.reason).toBe('Busy Here');
  expect(heardBy(carrier).callId).not.toContain('acme-101');
  expect(heardBy(carrier).fromTag).not.toContain('acme-101');
});

test('Identity reaches the far side as it was signed', async () => {
  const identity = 'eyJhbGciOiJFUzI1NiJ9..c2ln;info=<https://cert.test/a>;alg=ES256;ppt=shaken';
  carrier.manner = answers;
  dial('+442079460018', { identity });
  await world.pass(100);
  expect(heardBy(carrier).header('identity')).toBe(identity);
});

test('a signature counts when the way to a trunk is chosen: it alone may outgrow a datagram', async () => {
  const asked: number[] = [];
  const { trunkRoutes } = world.environment;
  const { to } = trunkRoutes;
  trunkRoutes.to = (trunk, number, bytes) => {
    asked.push(bytes);
    return to(trunk, number, bytes);
  };
  carrier.manner = refuses(486);
  dial('+442079460018');
  await world.pass(100);
  const identity = 'x'.repeat(1_000);
  dial('+442079460018', { identity });
  await world.pass(100);
  const [plain = 0, signed = 0] = asked;
  expect(signed - plain).toBe(`Identity: ${identity}\r\n`.length);
});

test('who asks not to be named is not, outside and inside', async () => {
  carrier.manner = answers;
  const desk = world.phone('acme', '102');
  for (const number of ['+442079460018', '102']) {
    dial(number, { privacy: 'id', 'p-preferred-identity': '<sip:+12025550101@acme.lab.test>' });
    await world.pass(100);
  }
  for (const phone of [carrier, desk]) {
    const invite = heardBy(phone);
    expect(invite.from.uri).toBe('sip:anonymous@anonymous.invalid');
    expect(invite.header('privacy')).toBe('id');
    expect(invite.header('p-asserted-identity')).toBeUndefined();
    const lines = invite.fields.lines().map((line) => line.value);
    expect(lines.join('\n')).not.toMatch(/2025550101|Phone 101/);
  }
});

test('privacy that is critical and unknown to us ends the call instead of being ignored', async () => {
  dial('+442079460018', { privacy: 'cloak;critical' });
  await world.pass(100);
  expect(caller.call.status).toBe(500);
  expect(carrier.heard).toEqual([]);
});

test('a forward tells its carrier who sent the call on and why, and colleagues who really calls', async () => {
  carrier.manner = answers;
  world.phone('acme', '102').manner = refuses(486);
  world.forwards('acme', '102', { busy: '+442079460018' });
  dial('102');
  await world.pass(300);
  const invite = heardBy(carrier);
  expect(invite.from.uri).toBe('sip:+12025550101@switch');
  expect(invite.headers('diversion')).toEqual([
    '<sip:+12025550101@switch>;reason=user-busy;counter=1;privacy=off',
  ]);
  expect(invite.headers('history-info')).toEqual([
    '<sip:+12025550101@switch?Reason=SIP%3Bcause%3D486>;index=1',
    '<sip:+442079460018@switch>;index=1.1;mp=1',
  ]);
  caller.hangUp();
  const colleague = world.phone('acme', '103');
  world.forwards('acme', '102', { always: '103' });
  dial('102');
  await world.pass(300);
  expect(heardBy(colleague).from).toMatchObject({
    displayName: 'Phone 101',
    uri: 'sip:101@acme.lab.test',
  });
});

test('a call that was sent on five times already is not sent on again', async () => {
  carrier.manner = answers;
  const desk = world.phone('acme', '102');
  desk.manner = refuses(486);
  world.forwards('acme', '102', { busy: '+442079460018' });
  dial('102', { diversion: '<sip:9@elsewhere.test>;reason=no-answer;counter=5' });
  await world.pass(300);
  expect(carrier.heard).toEqual([]);
  expect(caller.call.status).toBe(486);
});

test("a phone's 302 is a forward by its extension: at its price, told as one", async () => {
  carrier.manner = answers;
  world.phone('acme', '102').manner = redirects('<sip:+442079460018@acme.lab.test>;q=0.7');
  dial('102');
  await world.pass(300);
  expect(caller.call.status).toBe(200);
  expect(heardBy(carrier).headers('diversion')[0]).toContain('reason=deflection');
  caller.hangUp();
  await world.pass(100);
  expect(world.record('+442079460018').facts).toMatchObject({
    fromExtensionId: 'Acme 102',
    payerAccountId: 'Acme',
  });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a 302 to a foreign host, to help, or to nowhere is not followed: nobody is there', async () => {
  const desk = world.phone('acme', '102');
  for (const contacts of [
    ['<sip:+442079460018@evil.test>', '<sip:x@198.51.100.7>'],
    ['<sip:911@acme.lab.test>'],
    ['<sip:bob@acme.lab.test>'],
    ['<http://evil.test/>'],
    [],
  ]) {
    desk.manner = redirects(...contacts);
    dial('102');
    await world.pass(300);
    expect(caller.call.status, contacts[0]).toBe(480);
    expect(caller.call.final[0]?.header('contact')).toBeUndefined();
  }
  expect(carrier.heard).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test("a carrier's redirect to a stranger is not followed: the next one is tried", async () => {
  carrier.manner = redirects('<sip:+442079460018@evil.test>');
  const other = world.carrier('carrier-a');
  other.manner = answers;
  dial('+442079460018');
  await world.pass(300);
  expect(caller.call.status).toBe(200);
  expect(heardBy(other).uri).toContain('+442079460018@carrier-a');
});

/** The carrier's other place, where it sends calls that come to its first. */
function secondPlace(manner: Manner): Phone {
  const { trunkRoutes } = world.environment;
  trunkRoutes.redirected = async (_trunk, number, contact) => {
    if (!contact.includes('carrier-b2')) return undefined;
    const flow = world.network.flow('switch', 'carrier-b2');
    const target = {
      transport: 'udp',
      address: 'carrier-b2',
      port: 5060,
      flow,
      isTwin: false,
    } as const;
    const uri = `sip:${number}@carrier-b2:5060`;
    return { target, uri, to: `<${uri}>`, routes: [], authenticate: undefined };
  };
  const other = new Phone(world.network, 'carrier-b2');
  other.manner = manner;
  return other;
}

test('a carrier that sends a call to another place of its own is followed there, at the same price', async () => {
  const other = secondPlace(answers);
  carrier.manner = redirects(
    '<sip:+442079460018@evil.test>;q=0.9',
    '<sip:+442079460018@carrier-b2>;q=0.1',
  );
  dial('+442079460018');
  await world.pass(300);
  expect(caller.call.status).toBe(200);
  expect(heardBy(other).uri).toContain('@carrier-b2');
  await world.pass(10_000);
  caller.hangUp();
  await world.pass(100);
  expect(other.call.ended).toBe(true);
  const record = world.record('+442079460018');
  expect(record).toMatchObject({ trunkId: 'trunk carrier-b', attempts: 1 });
  expect(record.legs.map(({ sipStatus }) => sipStatus)).toEqual([200, 302, 200]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a carrier that goes on redirecting is followed once, then the next carrier is tried', async () => {
  const other = secondPlace(redirects('<sip:+442079460018@carrier-b2;again>'));
  carrier.manner = redirects('<sip:+442079460018@carrier-b2>');
  const next = world.carrier('carrier-a');
  next.manner = answers;
  dial('+442079460018');
  await world.pass(500);
  expect(caller.call.status).toBe(200);
  expect(other.calls).toHaveLength(1);
  expect(carrier.calls).toHaveLength(1);
  expect(next.calls).toHaveLength(1);
  caller.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who gives up while the carrier redirects rings nowhere', async () => {
  const other = secondPlace(answers);
  const { trunkRoutes } = world.environment;
  const { redirected } = trunkRoutes;
  trunkRoutes.redirected = async (...asked) => {
    caller.cancel();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    return await redirected(...asked);
  };
  carrier.manner = redirects('<sip:+442079460018@carrier-b2>');
  dial('+442079460018');
  await world.pass(500);
  expect(caller.call.status).toBe(487);
  expect(other.calls.every(({ ended }) => ended)).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a carrier is told who calls by the header that its trunk is set to', async () => {
  const trunk = world.directory.trunkById('trunk carrier-b');
  if (!trunk) throw new Error('no trunk');
  carrier.manner = answers;
  const told: (string | undefined)[] = [];
  for (const identityHeader of ['pai', 'rpid', 'none'] as const) {
    world.directory.put({ kind: 'trunk', record: { ...trunk, identityHeader } });
    carrier.heard.length = 0;
    dial('+442079460018');
    await world.pass(300);
    const invite = heardBy(carrier);
    told.push(invite.header('p-asserted-identity'), invite.header('remote-party-id'));
    caller.hangUp();
    await world.pass(300);
  }
  const uri = '<sip:+12025550101@switch>';
  expect(told).toEqual([
    ...[uri, undefined],
    ...[undefined, `${uri};party=calling;screen=yes;privacy=off`],
    ...[undefined, undefined],
  ]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
