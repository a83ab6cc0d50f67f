import { describe, expect, test } from 'vitest';
import { rough, seeded } from '@/tests/unit/protocol/sip/virtual-network';
import { LegWorld } from './leg-world';

describe('a new offer', () => {
  test('goes to the other side, and its answer back', async () => {
    const world = new LegWorld();
    await world.talking();
    world.bob.on['INVITE'] = (transaction) => world.bob.answer(transaction, 200, { sdp: 'held' });
    const hold = world.alice.ask('INVITE', { sdp: 'hold' });
    await world.pass(100);
    expect(world.bob.got('INVITE')[1]?.body.toString()).toBe('us(hold)');
    expect(hold.final().body.toString()).toBe('us(held)');
    expect(world.bob.acks).toHaveLength(2);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('may come by UPDATE, and is answered by it', async () => {
    const world = new LegWorld();
    await world.talking();
    const update = world.bob.ask('UPDATE', { sdp: 'hold' });
    world.alice.on['INVITE'] = (transaction) =>
      world.alice.answer(transaction, 200, { sdp: 'held' });
    await world.pass(100);
    expect(update.statuses()).toEqual([200]);
    expect(update.final().body.toString()).toBe('us(held)');
    world.alice.ask('BYE');
    await world.settled();
  });

  test.each([488, 491, 500, 603])('that is refused with %i leaves the session', async (status) => {
    const world = new LegWorld();
    await world.talking();
    world.bob.on['INVITE'] = (transaction) => transaction.respond(status);
    const hold = world.alice.ask('INVITE', { sdp: 'hold' });
    await world.pass(100);
    expect(hold.final().status).toBe(status);
    expect(world.engine.log).toEqual(['update hold', 'rollback']);
    expect(world.hungUp).toEqual([]);
    world.bob.on['INVITE'] = (transaction) => world.bob.answer(transaction, 200, { sdp: 'held' });
    const again = world.alice.ask('INVITE', { sdp: 'hold' });
    await world.pass(100);
    expect(again.final().status).toBe(200);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('that the far side can’t route is no reason for the asker to drop its dialog', async () => {
    const world = new LegWorld();
    await world.talking();
    world.bob.on['INVITE'] = (transaction) => transaction.respond(404);
    const hold = world.alice.ask('INVITE', { sdp: 'hold' });
    await world.pass(100);
    expect(hold.final().status).toBe(488);
    world.alice.ask('BYE');
    await world.settled();
  });

  test.each([481, 408])('that is answered with %i ends the call (RFC 5057)', async (status) => {
    const world = new LegWorld();
    await world.talking();
    world.bob.on['INVITE'] = (transaction) => transaction.respond(status);
    const hold = world.alice.ask('INVITE', { sdp: 'hold' });
    await world.pass(100);
    expect(hold.final().status).toBe(status);
    expect(world.hungUp.map(({ leg }) => leg)).toEqual(['callee']);
    expect(world.alice.got('BYE')).toHaveLength(1);
    await world.settled();
  });

  test('that nobody answers is 408, and the far side is taken for gone', async () => {
    const world = new LegWorld();
    await world.talking();
    world.network.fate = ({ text }) => (text.startsWith('INVITE sip:phone@') ? [] : [1]);
    const hold = world.alice.ask('INVITE', { sdp: 'hold' });
    await world.pass(40_000);
    expect(hold.final().status).toBe(408);
    expect(world.hungUp.map(({ leg }) => leg)).toEqual(['callee']);
    world.network.fate = () => [1];
    await world.settled();
  });

  test('with a body that is no SDP gets 415 with Accept', async () => {
    const world = new LegWorld();
    await world.talking();
    const odd = world.alice.ask('INVITE', { sdp: 'x', headers: { 'content-type': 'text/plain' } });
    await world.pass(100);
    expect(odd.final().status).toBe(415);
    expect(odd.final().header('accept')).toBe('application/sdp');
    world.alice.ask('BYE');
    await world.settled();
  });

  test('that is cancelled is taken back from the other side', async () => {
    const world = new LegWorld();
    await world.talking();
    world.bob.on['INVITE'] = (transaction) => {
      transaction.onCancel = () => transaction.respond(487);
      transaction.respond(100);
    };
    const hold = world.alice.ask('INVITE', { sdp: 'hold' });
    await world.pass(300);
    hold.transaction.cancel();
    await world.pass(300);
    expect(hold.final().status).toBe(487);
    expect(world.network.startLines().filter((line) => line.startsWith('CANCEL'))).toHaveLength(2);
    expect(world.hungUp).toEqual([]);
    world.alice.ask('BYE');
    await world.settled();
  });
});

describe('glare', () => {
  test('a second INVITE before the first is answered gets 500 with Retry-After', async () => {
    const world = new LegWorld();
    await world.talking();
    world.bob.on['INVITE'] = () => undefined;
    world.alice.ask('INVITE', { sdp: 'hold' });
    await world.pass(20);
    const second = world.alice.ask('INVITE', { sdp: 'other' });
    await world.pass(20);
    expect(second.final().status).toBe(500);
    const wait = Number(second.final().header('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(0);
    expect(wait).toBeLessThanOrEqual(10);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('offers that cross get 491 both, and whoever comes again first is heard', async () => {
    const world = new LegWorld();
    await world.talking();
    // Bob refuses what comes while his own is under way, as he must.
    world.bob.on['INVITE'] = (transaction) => transaction.respond(491);
    const fromAlice = world.alice.ask('INVITE', { sdp: 'a' });
    const fromBob = world.bob.ask('INVITE', { sdp: 'b' });
    await world.pass(300);
    expect([fromAlice.final().status, fromBob.final().status]).toContain(491);
    expect(world.hungUp).toEqual([]);
    world.alice.on['INVITE'] = (transaction) => world.alice.answer(transaction, 200, { sdp: 'a2' });
    const again = world.bob.ask('INVITE', { sdp: 'b' });
    await world.pass(300);
    expect(again.final().status).toBe(200);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('an offer of our own is repeated after 491, later where we own the Call-ID', async () => {
    for (const owner of [true, false]) {
      const world = new LegWorld();
      await world.talking();
      const leg = owner ? world.callee : world.caller;
      const peer = owner ? world.bob : world.alice;
      const times: number[] = [];
      peer.on['INVITE'] = (transaction) => {
        times.push(world.network.timers.nowMs);
        if (times.length === 1) transaction.respond(491);
        else peer.answer(transaction, 200, { sdp: 'fine' });
      };
      const finals: (number | undefined)[] = [];
      leg?.ask('INVITE', { body: Buffer.from('ours'), retriesGlare: true }, (response) =>
        finals.push(response?.status),
      );
      await world.pass(5_000);
      expect(finals).toEqual([200]);
      const waited = (times[1] ?? 0) - (times[0] ?? 0);
      expect(waited).toBeGreaterThanOrEqual(owner ? 2_100 : 0);
      expect(waited).toBeLessThanOrEqual(owner ? 4_050 : 2_050);
      world.alice.ask('BYE');
      await world.settled();
    }
  });

  test('while our offer is under way the peer’s gets 491', async () => {
    const world = new LegWorld();
    await world.talking();
    world.bob.on['INVITE'] = () => undefined;
    world.callee?.ask('INVITE', { body: Buffer.from('ours') }, () => undefined);
    await world.pass(20);
    const update = world.bob.ask('UPDATE', { sdp: 'theirs' });
    const invite = world.bob.ask('INVITE', { sdp: 'theirs' });
    await world.pass(20);
    expect(update.final().status).toBe(491);
    expect(invite.final().status).toBe(491);
    world.alice.ask('BYE');
    await world.settled();
  });
});

describe('inside a dialog', () => {
  test('a stranger who knows the tags gets 481, never a challenge', async () => {
    const world = new LegWorld();
    await world.talking();
    const { alice, network } = world;
    const bye = alice.dialog?.request('BYE');
    const statuses: number[] = [];
    const mallory = network.host('192.0.2.66', {});
    if (bye) {
      mallory.request(bye, network.flow('192.0.2.66', '192.0.2.1'), {
        onResponse: ({ status }) => statuses.push(status),
        onFailure: () => undefined,
      });
    }
    await world.pass(100);
    expect(statuses).toEqual([481]);
    expect(world.hungUp).toEqual([]);
    alice.ask('BYE');
    await world.settled();
  });

  test('a carrier’s other address is no stranger, and gets the answer', async () => {
    const world = new LegWorld();
    world.kin.add('192.0.2.66');
    await world.talking();
    const bye = world.bob.dialog?.request('BYE');
    const statuses: number[] = [];
    const other = world.network.host('192.0.2.66', {});
    if (bye) {
      other.request(bye, world.network.flow('192.0.2.66', '192.0.2.1'), {
        onResponse: ({ status }) => statuses.push(status),
        onFailure: () => undefined,
      });
    }
    await world.pass(100);
    expect(statuses).toEqual([200]);
    expect(world.alice.got('BYE')).toHaveLength(1);
    await world.settled();
  });

  test('a challenge is answered with what is for that far side, once, and by no other leg', async () => {
    const world = new LegWorld();
    await world.talking();
    const asked: string[] = [];
    world.credentials = (request) => {
      asked.push(request.method);
      const isFirst = request.header('authorization') === undefined;
      return isFirst ? { authorization: 'Digest of ours' } : undefined;
    };
    for (const phone of [world.alice, world.bob]) {
      for (const method of ['INFO', 'BYE']) {
        phone.on[method] = (transaction) => {
          const isProven = transaction.request.header('authorization') !== undefined;
          transaction.respond(isProven ? 200 : 401);
        };
      }
    }
    const toBob = world.alice.ask('INFO', { sdp: 'x', headers: { 'content-type': 'text/x' } });
    const toAlice = world.bob.ask('INFO', { sdp: 'x', headers: { 'content-type': 'text/x' } });
    await world.pass(100);
    expect(toBob.final().status).toBe(200);
    // A challenge of a phone's is nobody's to answer, nor to be handed on (digest leak).
    expect(toAlice.final().status).toBe(503);
    world.callee?.hangUp({ q850: 16, text: 'over' });
    world.caller?.hangUp({ q850: 16, text: 'over' });
    await world.pass(100);
    expect(world.bob.got('BYE').map((bye) => bye.header('authorization'))).toEqual([
      undefined,
      'Digest of ours',
    ]);
    expect(world.alice.got('BYE').map((bye) => bye.header('authorization'))).toEqual([undefined]);
    expect(asked).toEqual(['INFO', 'BYE']);
    await world.settled();
  });

  test('what we do not do is refused with Allow', async () => {
    const world = new LegWorld();
    await world.talking();
    const message = world.alice.ask('MESSAGE', { sdp: 'hello' });
    await world.pass(50);
    expect(message.final().status).toBe(405);
    expect(message.final().header('allow')).toContain('UPDATE');
    world.alice.ask('BYE');
    await world.settled();
  });

  test('INFO is handed on both ways, its answer too', async () => {
    const world = new LegWorld();
    await world.talking();
    const headers = { 'content-type': 'application/dtmf-relay' };
    world.bob.on['INFO'] = (transaction) => transaction.respond(415);
    const fromAlice = world.alice.ask('INFO', { sdp: 'Signal=5', headers });
    const fromBob = world.bob.ask('INFO', { sdp: 'Signal=6', headers });
    await world.pass(50);
    expect(fromAlice.final().status).toBe(415);
    expect(fromBob.final().status).toBe(200);
    expect(world.bob.got('INFO')[0]?.body.toString()).toBe('Signal=5');
    expect(world.alice.got('INFO')[0]?.header('content-type')).toBe('application/dtmf-relay');
    world.alice.ask('BYE');
    await world.settled();
  });

  test('a key by INFO goes the way of the voice to who refuses it, or does not name INFO', async () => {
    const world = new LegWorld();
    world.engine.takesKeys = true;
    await world.talking({ allow: 'INVITE, ACK, BYE, CANCEL, INFO' });
    const relay = { 'content-type': 'application/dtmf-relay' };
    world.bob.on['INFO'] = (transaction) => transaction.respond(415);
    const refused = world.alice.ask('INFO', { sdp: 'Signal=5\nDuration=90', headers: relay });
    const other = world.alice.ask('INFO', { sdp: 'x', headers: { 'content-type': 'text/x' } });
    await world.pass(50);
    expect([refused.final().status, other.final().status]).toEqual([200, 415]);
    world.alice.ask('UPDATE', { headers: { allow: 'INVITE, ACK, BYE, CANCEL' } });
    await world.pass(50);
    const unasked = world.bob.ask('INFO', {
      sdp: '#',
      headers: { 'content-type': 'application/dtmf' },
    });
    await world.pass(50);
    expect(unasked.final().status).toBe(200);
    expect(world.alice.got('INFO')).toEqual([]);
    expect(world.engine.log).toEqual(['press 5 for 90', 'press # for 160']);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('a BYE answers what is still open, and hangs the other side up', async () => {
    const world = new LegWorld();
    await world.talking();
    world.bob.on['INVITE'] = () => undefined;
    const hold = world.alice.ask('INVITE', { sdp: 'hold' });
    await world.pass(20);
    const bye = world.alice.ask('BYE');
    await world.pass(50);
    expect(hold.final().status).toBe(487);
    expect(bye.final().status).toBe(200);
    expect(world.bob.got('BYE')).toHaveLength(1);
    await world.settled();
  });
});

describe('a network that loses, doubles and reorders', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'holds and resumes, and ends without a trace (%i)',
    async (seed) => {
      const world = new LegWorld();
      world.network.fate = rough(seeded(seed), 0.15, 0.15);
      const call = world.alice.call();
      await world.pass(4_900);
      expect(call.final().status).toBe(200);
      world.bob.on['INVITE'] = (transaction) => world.bob.answer(transaction, 200, { sdp: 'held' });
      for (const sdp of ['hold', 'resume', 'hold again']) {
        const reinvite = world.alice.ask('INVITE', { sdp });
        await world.pass(20_000);
        expect(reinvite.final().status).toBe(200);
      }
      expect(world.hungUp).toEqual([]);
      const bye = world.bob.ask('BYE');
      await world.pass(20_000);
      expect(bye.final().status).toBe(200);
      expect(world.alice.got('BYE')).toHaveLength(1);
      world.network.fate = () => [1];
      await world.settled();
    },
  );
});
