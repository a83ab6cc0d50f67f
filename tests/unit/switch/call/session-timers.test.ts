import { expect, test } from 'vitest';
import { LegWorld } from './leg-world';

const ALLOW = 'INVITE, ACK, BYE, CANCEL, UPDATE';

test('an interval below the minimum gets 422 with Min-SE, inside a dialog too', async () => {
  const world = new LegWorld();
  await world.talking({ supported: 'timer', 'session-expires': '90' });
  const update = world.alice.ask('UPDATE', {
    headers: { supported: 'timer', 'session-expires': '60' },
  });
  await world.pass(50);
  expect(update.final().status).toBe(422);
  expect(update.final().header('min-se')).toBe('90');
  world.alice.ask('BYE');
  await world.settled();
});

test('each leg has its own agreement, and both bear it in their first messages', async () => {
  const world = new LegWorld();
  const call = world.alice.call({
    sdp: 'offer',
    headers: { supported: 'timer', 'session-expires': '600;refresher=uac' },
  });
  await world.pass(100);
  expect(call.final().header('session-expires')).toBe('600;refresher=uac');
  expect(call.final().headers('require')).toContain('timer');
  const [invite] = world.bob.got('INVITE');
  expect(invite?.header('session-expires')).toBe('1800');
  expect(invite?.header('min-se')).toBe('90');
  expect(invite?.headers('supported')).toContain('timer');
  world.alice.ask('BYE');
  await world.settled();
});

test('a callee that finds our interval too short is asked again with its own', async () => {
  const world = new LegWorld();
  world.bob.on['INVITE'] = (transaction) => {
    if (transaction.request.header('session-expires') === '1800') {
      transaction.respond(422, undefined, { headers: { 'min-se': 3600 } });
    } else {
      world.bob.answer(transaction, 200, {
        sdp: 'answer',
        headers: { 'session-expires': '3600;refresher=uac', require: 'timer' },
      });
    }
  };
  await world.talking();
  const [, second] = world.bob.got('INVITE');
  expect(second?.header('session-expires')).toBe('3600');
  expect(second?.header('min-se')).toBe('3600');
  expect(second?.cseq.sequence).toBe(2);
  world.alice.ask('BYE');
  await world.settled();
});

test('a peer that stopped refreshing is hung up a margin before its interval ends', async () => {
  const world = new LegWorld();
  await world.talking({ supported: 'timer', 'session-expires': '90;refresher=uac' });
  await world.pass(59_000);
  expect(world.hungUp).toEqual([]);
  await world.pass(2_000);
  expect(world.hungUp).toEqual([
    { leg: 'caller', cause: { q850: 102, text: 'session timer expired' } },
  ]);
  expect(world.alice.got('BYE')[0]?.header('reason')).toContain('cause=102');
  expect(world.bob.got('BYE')).toHaveLength(1);
  await world.settled();
});

test('every refresh of the peer begins the interval anew and never touches media', async () => {
  const world = new LegWorld();
  const headers = { supported: 'timer', 'session-expires': '90;refresher=uac' };
  await world.talking(headers);
  for (let round = 0; round < 4; round += 1) {
    await world.pass(45_000);
    const refresh = world.alice.ask('INVITE', { sdp: 'offer', headers });
    await world.pass(100);
    expect(refresh.final().status).toBe(200);
    expect(refresh.final().body.toString()).toBe('us(answer)');
    expect(refresh.final().header('session-expires')).toBe('90;refresher=uac');
  }
  const update = world.alice.ask('UPDATE', { headers });
  await world.pass(100);
  expect(update.final().status).toBe(200);
  expect(update.final().body).toHaveLength(0);
  expect(world.engine.log).toEqual([]);
  expect(world.bob.got('INVITE')).toHaveLength(1);
  expect(world.hungUp).toEqual([]);
  world.alice.ask('BYE');
  await world.settled();
});

test('we refresh at half of the interval, by UPDATE where the peer allows it', async () => {
  const world = new LegWorld();
  const headers = { supported: 'timer', 'session-expires': '90;refresher=uas', allow: ALLOW };
  await world.talking(headers);
  world.alice.on['UPDATE'] = (transaction) =>
    world.alice.answer(transaction, 200, {
      headers: { 'session-expires': '90;refresher=uac', require: 'timer' },
    });
  await world.pass(200_000);
  const updates = world.alice.got('UPDATE');
  expect(updates).toHaveLength(4);
  expect(updates[0]?.header('session-expires')).toBe('90;refresher=uac');
  expect(updates[0]?.body).toHaveLength(0);
  expect(world.hungUp).toEqual([]);
  world.alice.ask('BYE');
  await world.settled();
});

test('a peer that knows no timers is refreshed by a re-INVITE that says what was said', async () => {
  const world = new LegWorld();
  await world.talking();
  world.alice.on['INVITE'] = (transaction) =>
    world.alice.answer(transaction, 200, { sdp: 'offer' });
  await world.pass(901_000);
  expect(world.alice.got('INVITE').map((invite) => invite.body.toString())).toEqual(['us(answer)']);
  expect(world.bob.got('INVITE').map((invite) => invite.body.toString())).toEqual([
    'us(offer)',
    'us(offer)',
  ]);
  expect(world.engine.log).toEqual([]);
  world.alice.ask('BYE');
  await world.settled();
});

test('a side that is gone without a word is found by the refresh, and the other is hung up', async () => {
  const world = new LegWorld();
  await world.talking();
  world.network.fate = ({ text }) => (text.includes('INVITE sip:phone@192.0.2.20') ? [] : [1]);
  world.alice.on['INVITE'] = (transaction) =>
    world.alice.answer(transaction, 200, { sdp: 'offer' });
  await world.pass(935_000);
  expect(world.hungUp).toEqual([{ leg: 'callee', cause: { q850: 102, text: 'lost' } }]);
  expect(world.alice.got('BYE')).toHaveLength(1);
  world.network.fate = () => [1];
  await world.settled();
});

test('a refresh that is refused is tried again while the session lives', async () => {
  const world = new LegWorld();
  await world.talking({ supported: 'timer', 'session-expires': '180;refresher=uas', allow: ALLOW });
  world.alice.on['UPDATE'] = (transaction) => {
    if (world.alice.got('UPDATE').length < 3) {
      transaction.respond(500, undefined, { headers: { 'retry-after': 5 } });
    } else {
      world.alice.answer(transaction, 200, { headers: { 'session-expires': '180;refresher=uac' } });
    }
  };
  await world.pass(150_000);
  expect(world.alice.got('UPDATE')).toHaveLength(3);
  expect(world.hungUp).toEqual([]);
  world.alice.on['UPDATE'] = (transaction) => transaction.respond(500);
  await world.pass(140_000);
  expect(world.hungUp.map(({ leg }) => leg)).toEqual(['caller']);
  await world.settled();
});

test('where UPDATE is refused although it was allowed, a re-INVITE refreshes', async () => {
  const world = new LegWorld();
  await world.talking({
    supported: 'timer',
    'session-expires': '90;refresher=uas',
    allow: ALLOW,
  });
  world.alice.on['UPDATE'] = (transaction) => transaction.respond(405);
  world.alice.on['INVITE'] = (transaction) =>
    world.alice.answer(transaction, 200, {
      sdp: 'offer',
      headers: { 'session-expires': '90;refresher=uac' },
    });
  await world.pass(100_000);
  expect(world.alice.got('UPDATE')).toHaveLength(1);
  expect(world.alice.got('INVITE')).toHaveLength(2);
  expect(world.hungUp).toEqual([]);
  world.alice.ask('BYE');
  await world.settled();
});
