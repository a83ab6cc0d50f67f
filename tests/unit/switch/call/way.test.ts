import { expect, test } from 'vitest';
import { BOB, LegWorld } from './leg-world';
import { NOTHING_LEFT, World } from './world';
import { answers, Phone as WorldPhone } from './world-phone';

const ELSEWHERE = '192.0.2.99';

const branchOf = (text: string | undefined) => /^via:.*branch=([^;\r]+)/im.exec(text ?? '')?.[1];

test('ACK and BYE go where the call went, by the dialog’s route set, whatever host its Contact names', async () => {
  const world = new LegWorld();
  const strayed: string[] = [];
  world.network.host(ELSEWHERE, {
    onRequest: (transaction) => strayed.push(transaction.request.method),
    onAck: () => strayed.push('ACK'),
  });
  world.credentials = () => ({ authorization: 'Digest of ours' });
  world.bob.on['BYE'] = (transaction) =>
    transaction.respond(transaction.request.header('authorization') === undefined ? 401 : 200);
  world.bob.on['INVITE'] = (transaction) =>
    world.bob.answer(transaction, 200, {
      sdp: 'answer',
      headers: {
        contact: `<sip:x@${ELSEWHERE}>`,
        'record-route': ['<sip:near.test;lr>', '<sip:far.test;lr>'],
      },
    });
  await world.talking();
  const [ack] = world.bob.acks;
  expect(ack?.uri).toBe(`sip:x@${ELSEWHERE}`);
  expect(ack?.headers('route')).toEqual(['<sip:far.test;lr>', '<sip:near.test;lr>']);
  // A transaction of its own, as §13.2.2.4 has it, and a new one for each repeated 2xx.
  const sent = (start: string) => world.network.log.filter((text) => text.startsWith(start));
  const invites = sent(`INVITE sip:102@${BOB}`).map(branchOf);
  const acks = sent(`ACK sip:x@${ELSEWHERE}`).map(branchOf);
  expect(new Set([...invites, ...acks]).size).toBe(2);
  world.alice.ask('BYE');
  await world.pass(200);
  const byes = world.bob.got('BYE');
  expect(byes.map((bye) => bye.uri)).toEqual(Array(2).fill(`sip:x@${ELSEWHERE}`));
  expect(byes.map((bye) => bye.headers('route'))).toEqual(
    Array(2).fill(['<sip:far.test;lr>', '<sip:near.test;lr>']),
  );
  // So what we are asked to prove ourselves with never leaves the host that it is for.
  expect(byes[1]?.header('authorization')).toBe('Digest of ours');
  expect(strayed).toEqual([]);
  await world.settled();
});

test.each(['is silent', 'says 503'] as const)(
  'a place that %s is left for the next one, asked anew with a branch and a dialog of its own',
  async (what) => {
    const world = new World();
    const { trunkRoutes, stack } = world.environment;
    const failed: string[] = [];
    const places = ['first', 'second'].map((place) => ({
      target: {
        transport: 'udp' as const,
        address: place,
        port: 5060,
        flow: world.network.flow('switch', place),
        isTwin: false,
      },
      uri: `sip:+442079460018@${place}`,
      to: `<sip:+442079460018@${place}>`,
      routes: [],
      authenticate: undefined,
    }));
    Object.assign(trunkRoutes, {
      to: async () => places,
      failed: (route: (typeof places)[number]) => failed.push(route.target.address),
    });
    const [first, second] = ['first', 'second'].map((name) => new WorldPhone(world.network, name));
    if (!first || !second) throw new Error('no places');
    first.manner = (_phone, transaction) => {
      if (what === 'says 503') transaction.respond(503);
    };
    if (what === 'is silent')
      world.network.fate = ({ text }) => (/@first SIP/.test(text) ? [] : [1]);
    second.manner = answers;
    const caller = world.phone('acme', '101');
    caller.dial('101@acme.lab.test', '+442079460018@acme.lab.test');
    await world.pass(8_000);
    expect(caller.call.status).toBe(200);
    expect(failed).toEqual(['first']);
    const invites = ['first', 'second'].map((place) =>
      world.network.log.filter((text) => text.startsWith(`INVITE sip:+442079460018@${place}`)),
    );
    const [one, two] = invites.map((texts) => new Set(texts.map(branchOf)));
    // Repetitions bear one branch; the next place has another.
    expect([one?.size, two?.size]).toEqual([1, 1]);
    expect([...(one ?? [])]).not.toEqual([...(two ?? [])]);
    expect(stack.dialogs.size).toBe(2);
    caller.hangUp();
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  },
);
