import { beforeEach, expect, test } from 'vitest';
import { configTrunk } from '@/tests/unit/switch/trunks/config-trunk';
import { NOTHING_LEFT, World } from './world';
import { answers, Phone, type PhoneCall, refuses, rings } from './world-phone';

const ABROAD = '+442079460018';
const ACME = 'acme.lab.test';

let world: World;
let anna: Phone;
let bert: Phone;
let carla: Phone;
let carrierA: Phone;

beforeEach(() => {
  world = new World();
  anna = world.phone('acme', '101');
  bert = world.phone('acme', '102');
  carla = world.phone('acme', '103');
  carrierA = world.carrier('carrier-a');
});

/** The name by which lamps know the call that rings for what was dialled. */
function lampName(dialled: string, more = ''): string {
  const call = [...world.calls.values()].find(({ facts }) => facts.dialled === dialled);
  if (!call) throw new Error(`nothing rings for ${dialled}`);
  const { callId, localTag, remoteTag } = world.pickups.of(call.callId);
  return `${callId};to-tag=${localTag};from-tag=${remoteTag}${more}`;
}

/** The dialog of a phone that rings, as that phone knows it. */
function dialogName({ dialog }: PhoneCall): string {
  if (!dialog) throw new Error('no dialog');
  return `${dialog.callId};to-tag=${dialog.localTag};from-tag=${dialog.remoteTag};early-only`;
}

async function rung(from = anna, to = '102'): Promise<PhoneCall> {
  const call = from.dial(`101@${ACME}`, `${to}@${ACME}`);
  await world.pass(200);
  expect(call.provisional.at(-1)?.status).toBe(180);
  return call;
}

async function pick(by: Phone, number: string, replaces: string): Promise<PhoneCall> {
  const call = by.dial(`${number}@${ACME}`, `102@${ACME}`, { replaces, require: 'replaces' });
  await world.pass(300);
  return call;
}

const connections = (): number =>
  [...world.media.sessions.values()].reduce((sum, { peers }) => sum + peers.size, 0);

test('a colleague picks a ringing call up: the caller talks to the picker, the phones that rang are told so', async () => {
  const second = world.phone('acme', '102', 'acme-102-mobile');
  const location = world.location.lookup('Acme 102', world.network.clock.nowMs());
  expect(location).toHaveLength(2);
  const call = await rung();
  const picked = await pick(carla, '103', lampName('102', ';early-only'));
  expect([call.status, picked.status]).toEqual([200, 200]);
  expect([bert.call.ended, second.call.ended]).toEqual([true, true]);
  expect(connections()).toBe(2);
  await world.pass(5_000);
  carla.hangUp(picked);
  await world.pass(200);
  expect(call.ended).toBe(true);
  const [first, own] = world.charging.settled;
  expect([first?.facts.dialled, own?.facts.dialled]).toEqual(['102', '102']);
  const records = world.charging.settled.map(({ facts, hungUpBy, answeredAtMs }) => ({
    from: facts.fromExtensionId,
    link: facts.link?.kind,
    hungUpBy,
    isAnswered: answeredAtMs !== null,
  }));
  expect(records).toContainEqual({
    ...{ from: 'Acme 101', link: undefined, hungUpBy: 'callee', isAnswered: true },
  });
  // Its record tells of every leg, that of who picked it up the last.
  const legs = world.charging.settled.find(({ facts }) => !facts.link)?.legs;
  expect(legs?.map(({ seq, extensionId, sipStatus }) => [seq, extensionId, sipStatus])).toEqual([
    [0, 'Acme 101', 200],
    [1, 'Acme 102', 487],
    [2, 'Acme 102', 487],
    [3, 'Acme 103', 200],
  ]);
  expect(records).toContainEqual({
    ...{ from: 'Acme 103', link: 'pickup', hungUpBy: 'caller', isAnswered: true },
  });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a call from outside that is picked up is charged once, to whom it was charged before', async () => {
  const birch = world.phone('birch', '101');
  const call = birch.dial('101@birch.lab.test', '+12025550101@birch.lab.test');
  await world.pass(300);
  expect(anna.call.ended).toBe(false);
  const picked = await pick(carla, '103', lampName('+12025550101'));
  expect([call.status, picked.status]).toEqual([200, 200]);
  await world.pass(30_000);
  birch.hangUp(call);
  await world.pass(200);
  expect(picked.ended).toBe(true);
  const charged = world.charging.settled.filter(({ facts }) => facts.hops.length > 0);
  expect(charged.map(({ facts }) => facts.payerAccountId)).toEqual(['Birch']);
  expect(world.charging.paidBy('Acme')).toBe(0n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([
  ['the dialog of a phone that rings', () => dialogName(bert.call)],
  [
    'the dialog with its tags the other way round',
    () => {
      const { dialog } = bert.call;
      return `${dialog?.callId};to-tag=${dialog?.remoteTag};from-tag=${dialog?.localTag}`;
    },
  ],
  [
    'the name with its tags the other way round',
    () =>
      lampName('102').replace('to-tag', 'x').replace('from-tag', 'to-tag').replace('x', 'from-tag'),
  ],
])('a call is picked up by %s', async (_what, nameOf) => {
  const call = await rung();
  const picked = await pick(carla, '103', nameOf());
  expect([call.status, picked.status, bert.call.ended]).toEqual([200, 200, true]);
  anna.hangUp(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('another tenant with the same extension numbers picks nothing up, by name or dialog', async () => {
  const call = await rung();
  const stranger = world.phone('birch', '103');
  for (const replaces of [lampName('102'), dialogName(bert.call)]) {
    const picked = stranger.dial('103@birch.lab.test', '102@birch.lab.test', { replaces });
    await world.pass(300);
    expect(picked.status).toBe(481);
  }
  expect([call.status, bert.call.ended]).toEqual([undefined, false]);
  anna.cancel(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a carrier picks nothing up', async () => {
  const call = await rung();
  const other = carrierA.dial('1@carrier-a', '+12025550101@switch', { replaces: lampName('102') });
  await world.pass(300);
  expect([other.status, call.status]).toEqual([481, undefined]);
  anna.cancel(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a guessed name is no name', async () => {
  const call = await rung();
  const replaces = lampName('102').replace(/to-tag=..../, 'to-tag=AAAA');
  expect((await pick(carla, '103', replaces)).status).toBe(481);
  expect(call.status).toBeUndefined();
  anna.cancel(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([
  ['', 481],
  [';early-only', 486],
])('a call that was answered is not picked up any more (%s)', async (more, status) => {
  const call = await rung();
  const name = lampName('102', more);
  bert.answer();
  await world.pass(200);
  expect(call.status).toBe(200);
  expect((await pick(carla, '103', name)).status).toBe(status);
  expect([call.ended, bert.call.ended]).toEqual([false, false]);
  anna.hangUp(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('of an answer and a pickup at the same moment one wins, and the other hears that it lost', async () => {
  for (const order of ['answer first', 'pickup first']) {
    const call = anna.dial(`101@${ACME}`, `102@${ACME}`);
    await world.pass(200);
    const replaces = lampName('102');
    if (order === 'answer first') bert.answer();
    const picked = carla.dial(`103@${ACME}`, `102@${ACME}`, { replaces });
    if (order !== 'answer first') bert.answer();
    await world.pass(500);
    expect(call.status).toBe(200);
    expect(call.final).toHaveLength(1);
    const talks = [picked.status === 200 && !picked.ended, !bert.call.ended];
    expect(talks.filter(Boolean)).toHaveLength(1);
    expect(connections()).toBe(2);
    anna.hangUp(call);
    await world.pass(300);
    expect([bert.call.ended, picked.ended || picked.status !== 200]).toEqual([true, true]);
  }
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('of two colleagues who pick up one call one gets it', async () => {
  const dora = world.phone('acme', '104');
  const call = await rung();
  const replaces = lampName('102');
  const both = [
    carla.dial(`103@${ACME}`, `102@${ACME}`, { replaces }),
    dora.dial(`104@${ACME}`, `102@${ACME}`, { replaces }),
  ];
  await world.pass(500);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 481]);
  expect(call.status).toBe(200);
  anna.hangUp(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a caller that gives up while it is picked up leaves nobody connected or held', async () => {
  const call = await rung();
  const picked = carla.dial(`103@${ACME}`, `102@${ACME}`, { replaces: lampName('102') });
  anna.cancel(call);
  await world.pass(500);
  expect(call.status).toBe(487);
  expect(picked.status).toBeGreaterThanOrEqual(400);
  expect(bert.call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a picker whose media is of no use is refused, and the phones ring on', async () => {
  const call = await rung();
  world.media.unusable = (sdp) => sdp.includes('IN IP4 acme-103');
  expect((await pick(carla, '103', lampName('102'))).status).toBe(488);
  expect([call.status, bert.call.ended]).toEqual([undefined, false]);
  bert.answer();
  await world.pass(200);
  expect(call.status).toBe(200);
  anna.hangUp(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('phones that all refuse while a picker fails end the call then, not before and not never', async () => {
  let release: () => void = () => {};
  const met = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.media.meet = async () => {
    await met;
    throw new Error('no port');
  };
  const call = await rung();
  const picked = carla.dial(`103@${ACME}`, `102@${ACME}`, { replaces: lampName('102') });
  await world.pass(100);
  const { invite } = bert.call;
  if ('respond' in invite) invite.respond(486);
  await world.pass(100);
  expect(call.status).toBeUndefined();
  release();
  await world.pass(200);
  expect([call.status, picked.status]).toEqual([486, 500]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who was called may pick up the call on another phone of its own', async () => {
  const mobile = world.phone('acme', '102', 'acme-102-mobile');
  mobile.manner = rings;
  const call = await rung();
  const picked = await pick(mobile, '102', lampName('102'));
  expect([call.status, picked.status]).toEqual([200, 200]);
  anna.hangUp(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a call that was sent on to a colleague is picked up where it rings, by the lamp of either', async () => {
  world.forwards('acme', '102', { busy: '104' });
  bert.manner = refuses(486);
  const dora = world.phone('acme', '104');
  for (const lamp of ['102', '104']) {
    const call = anna.dial(`101@${ACME}`, `102@${ACME}`);
    await world.pass(300);
    const picked = await pick(carla, '103', lampName(lamp));
    expect([call.status, picked.status, dora.call.ended]).toEqual([200, 200, true]);
    await world.pass(1_000);
    carla.hangUp(picked);
    await world.pass(200);
    expect(call.ended).toBe(true);
  }
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a call that was sent on to the outside is not picked up: it is on its way to somebody else', async () => {
  world.forwards('acme', '102', { always: ABROAD });
  const carrierB = world.carrier('carrier-b');
  const call = anna.dial(`101@${ACME}`, `102@${ACME}`);
  await world.pass(300);
  expect((await pick(carla, '103', lampName('102'))).status).toBe(481);
  carrierB.answer();
  await world.pass(200);
  expect(call.status).toBe(200);
  anna.hangUp(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('the target of a transfer that rings is picked up: who transfers is told that it worked', async () => {
  bert.manner = answers;
  const call = anna.dial(`101@${ACME}`, `102@${ACME}`);
  await world.pass(200);
  const dora = world.phone('acme', '104');
  bert.refer(`<sip:104@${ACME}>`);
  await world.pass(200);
  const picked = await pick(carla, '103', lampName('104'));
  await world.pass(500);
  expect([picked.status, dora.call.ended, bert.call.ended]).toEqual([200, true, true]);
  expect(bert.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  expect(call.ended).toBe(false);
  carla.hangUp(picked);
  await world.pass(200);
  expect(call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who picked a call up may transfer it on, and leaves it', async () => {
  const carrierB = world.carrier('carrier-b');
  carrierB.manner = answers;
  const call = await rung();
  const picked = await pick(carla, '103', lampName('102'));
  carla.refer(`<sip:${ABROAD}@${ACME}>`, picked);
  await world.pass(500);
  expect(carla.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  expect([picked.ended, call.ended]).toEqual([true, false]);
  await world.pass(2_000);
  anna.hangUp(call);
  await world.pass(200);
  expect(carrierB.call.ended).toBe(true);
  expect(world.record(ABROAD).facts).toMatchObject({ fromExtensionId: 'Acme 103' });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test("a tenant's PBX picks up what rings at a colleague's, another tenant's does not", async () => {
  for (const [tenant, status] of [
    ['Birch', 481],
    ['Acme', 200],
  ] as const) {
    const name = `pbx-${tenant.toLowerCase()}`;
    const record = configTrunk(`trunk ${name}`, {
      ...{ kind: 'pbx', accountId: tenant, carrierId: null, tenantId: `tenant ${tenant}` },
      ...{ isDialable: false, address: name },
    });
    world.directory.put({ kind: 'trunk', record });
    const pbx = new Phone(world.network, name);
    const call = await rung();
    const picked = pbx.dial(`200@${name}`, '102@switch', { replaces: lampName('102') });
    await world.pass(300);
    expect(picked.status).toBe(status);
    if (call.status === 200) anna.hangUp(call);
    else anna.cancel(call);
    await world.pass(500);
  }
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
