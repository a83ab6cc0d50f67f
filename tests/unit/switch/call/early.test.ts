import { describe, expect, test } from 'vitest';
import { createResponse } from '@/lib/protocol/sip/build';
import { serialize } from '@/lib/protocol/sip/serialize';
import { BOB, LegWorld, US } from './leg-world';

const RELIABLE = { require: '100rel', contact: '<sip:phone@192.0.2.20>' } as const;

/** What a branch of its own says, behind a proxy that forked: its own To-tag. */
function branch(world: LegWorld, said: { tag: string; status: number; sdp?: string }): void {
  const { tag, status, sdp } = said;
  const { request } = world.bob.latest('INVITE');
  const headers = {
    contact: `<sip:${tag}@${BOB}>`,
    ...(sdp ? { 'content-type': 'application/sdp' } : {}),
  };
  const body = sdp ? Buffer.from(sdp) : undefined;
  const response = createResponse(request, { status, toTag: tag }, { headers, body });
  world.stack.layer.receive(serialize(response), world.network.flow(US, BOB));
}

describe('a late offer', () => {
  test('the callee offers in its 200, the caller answers in its ACK, the callee gets that in ours', async () => {
    const world = new LegWorld();
    world.alice.acknowledges = false;
    world.bob.on['INVITE'] = (transaction) => {
      world.bob.answer(transaction, 180);
      world.bob.answer(transaction, 200, { sdp: 'offer' });
    };
    const call = world.alice.call({});
    await world.pass(50);
    expect(world.bob.got('INVITE')[0]?.body).toHaveLength(0);
    expect(world.bob.got('INVITE')[0]?.headers('supported')).not.toContain('100rel');
    expect(call.final().body.toString()).toBe('us(offer)');
    expect(world.bob.acks).toEqual([]);
    world.alice.ack(call.final(), { sdp: 'answer' });
    await world.pass(50);
    expect(world.bob.acks.map((ack) => ack.body.toString())).toEqual(['us(answer)']);
    expect(world.engine.log).toEqual(['offer offer', 'answer answer']);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('an ACK without an answer ends the call on both sides', async () => {
    const world = new LegWorld();
    world.bob.on['INVITE'] = (transaction) => world.bob.answer(transaction, 200, { sdp: 'offer' });
    world.alice.call({});
    await world.pass(200);
    expect(world.bob.acks.length).toBeGreaterThan(0);
    expect(world.bob.got('BYE')).toHaveLength(1);
    expect(world.alice.got('BYE')).toHaveLength(1);
    await world.settled();
  });

  test('without any ACK both sides are hung up after 64·T1, the callee acknowledged first', async () => {
    const world = new LegWorld();
    world.alice.acknowledges = false;
    world.bob.on['INVITE'] = (transaction) => world.bob.answer(transaction, 200, { sdp: 'offer' });
    world.alice.call({});
    await world.pass(33_000);
    expect(world.bob.acks.length).toBeGreaterThan(0);
    expect(world.bob.got('BYE')).toHaveLength(1);
    expect(world.alice.got('BYE')).toHaveLength(1);
    await world.settled();
  });

  test('a re-INVITE without SDP is handed through like the first', async () => {
    const world = new LegWorld();
    await world.talking();
    world.alice.acknowledges = false;
    world.bob.on['INVITE'] = (transaction) =>
      world.bob.answer(transaction, 200, { sdp: 'new offer' });
    const reinvite = world.alice.ask('INVITE', {});
    await world.pass(50);
    expect(reinvite.final().body.toString()).toBe('us(new offer)');
    world.alice.ack(reinvite.final(), { sdp: 'new answer' });
    await world.pass(50);
    expect(world.bob.acks.at(-1)?.body.toString()).toBe('us(new answer)');
    expect(world.hungUp).toEqual([]);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('a re-INVITE without SDP that is refused leaves the session', async () => {
    const world = new LegWorld();
    await world.talking();
    world.bob.on['INVITE'] = (transaction) => transaction.respond(488);
    const reinvite = world.alice.ask('INVITE', {});
    await world.pass(50);
    expect(reinvite.final().status).toBe(488);
    expect(world.hungUp).toEqual([]);
    world.alice.ask('BYE');
    await world.settled();
  });
});

describe('reliable provisionals from a callee', () => {
  test('get a PRACK each, in order; what overtook another gets none', async () => {
    const world = new LegWorld();
    world.bob.on['INVITE'] = (transaction) => {
      const respond = (rseq: number, status: number) =>
        world.bob.answer(transaction, status, { headers: { ...RELIABLE, rseq } });
      respond(7, 180);
      respond(9, 183);
      respond(8, 183);
      respond(8, 183);
      respond(9, 180);
    };
    world.alice.call();
    await world.pass(100);
    expect(world.bob.got('PRACK').map((prack) => prack.header('rack'))).toEqual([
      '7 1 INVITE',
      '8 1 INVITE',
      '9 1 INVITE',
    ]);
    const latest = world.bob.latest('INVITE');
    world.bob.answer(latest, 200, { sdp: 'answer' });
    await world.pass(100);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('may bear the answer: the 200 needs none then', async () => {
    const world = new LegWorld();
    world.bob.on['INVITE'] = (transaction) =>
      world.bob.answer(transaction, 183, { sdp: 'early', headers: { ...RELIABLE, rseq: 1 } });
    const call = world.alice.call();
    await world.pass(100);
    expect(call.statuses()).toEqual([183]);
    world.bob.answer(world.bob.latest('INVITE'), 200);
    await world.pass(100);
    expect(call.final().body.toString()).toBe('us(early)');
    expect(world.bob.acks).toHaveLength(1);
    world.alice.ask('BYE');
    await world.settled();
  });
});

describe('a caller that requires reliable provisionals', () => {
  const headers = { require: '100rel', supported: '100rel' };

  test('gets them with RSeq until its PRACK, and only then the 200', async () => {
    const world = new LegWorld();
    world.bob.on['INVITE'] = (transaction) => {
      world.bob.answer(transaction, 183, { sdp: 'early' });
      world.bob.answer(transaction, 200, { sdp: 'early' });
    };
    const call = world.alice.call({ sdp: 'offer', headers });
    await world.pass(4_000);
    // At 0, 0.5, 1.5 and 3.5 s: T1 doubling.
    expect(call.statuses()).toEqual([183, 183, 183, 183]);
    const [ringing] = call.responses.filter(({ status }) => status === 183);
    expect(ringing?.headers('require')).toEqual(['100rel']);
    const rseq = ringing?.header('rseq');
    const wrong = world.alice.ask('PRACK', { headers: { rack: `${Number(rseq) + 1} 1 INVITE` } });
    await world.pass(50);
    expect(wrong.final().status).toBe(481);
    const prack = world.alice.ask('PRACK', { headers: { rack: `${rseq} 1 INVITE` } });
    await world.pass(100);
    expect(prack.final().status).toBe(200);
    expect(call.statuses().at(-1)).toBe(200);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('is told of a callee’s UPDATE before the answer, once it knows the first one', async () => {
    const world = new LegWorld();
    world.bob.on['INVITE'] = (transaction) =>
      world.bob.answer(transaction, 183, { sdp: 'early', headers: { ...RELIABLE, rseq: 1 } });
    const call = world.alice.call({ sdp: 'offer', headers: { ...headers, allow: 'UPDATE' } });
    await world.pass(100);
    const early = world.bob.ask('UPDATE', { sdp: 'other' });
    await world.pass(100);
    expect(early.final().status).toBe(491);
    const rseq = call.responses.find(({ status }) => status === 183)?.header('rseq');
    world.alice.ask('PRACK', { headers: { rack: `${rseq} 1 INVITE` } });
    await world.pass(100);
    world.alice.on['UPDATE'] = (transaction) =>
      world.alice.answer(transaction, 200, { sdp: 'fine' });
    const update = world.bob.ask('UPDATE', { sdp: 'other' });
    await world.pass(100);
    expect(world.alice.got('UPDATE')[0]?.body.toString()).toBe('us(other)');
    expect(world.alice.got('UPDATE')[0]?.header('session-expires')).toBeUndefined();
    expect(update.final().body.toString()).toBe('us(fine)');
    world.bob.answer(world.bob.latest('INVITE'), 200);
    await world.pass(100);
    expect(call.statuses().at(-1)).toBe(200);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('and never says PRACK is refused with 5xx after 64·T1, the callee given up', async () => {
    const world = new LegWorld();
    world.bob.on['INVITE'] = (transaction) => {
      transaction.onCancel = () => transaction.respond(487);
      world.bob.answer(transaction, 180);
    };
    const call = world.alice.call({ sdp: 'offer', headers });
    await world.pass(33_000);
    expect(call.final().status).toBe(504);
    expect(world.network.startLines().some((line) => line.startsWith('CANCEL'))).toBe(true);
    await world.settled();
  });
});

describe('the ACK of a 2xx, and what comes late', () => {
  test('an INVITE with Expires is over when it says so (§13.3.1)', async () => {
    const world = new LegWorld();
    world.bob.on['INVITE'] = (transaction) => {
      transaction.onCancel = () => transaction.respond(487);
      world.bob.answer(transaction, 180);
    };
    const call = world.alice.call({ sdp: 'offer', headers: { expires: 5 } });
    await world.pass(4_900);
    expect(call.statuses()).toEqual([180]);
    await world.pass(200);
    expect(call.final().status).toBe(487);
    expect(world.callee?.isEnded).toBe(true);
    await world.settled();
  });

  test('no BYE goes to a caller before its ACK, or the wait for it, is over', async () => {
    const world = new LegWorld();
    world.alice.acknowledges = false;
    const call = world.alice.call();
    await world.pass(50);
    world.bob.ask('BYE');
    await world.pass(1_000);
    expect(world.alice.got('BYE')).toEqual([]);
    world.alice.ack(call.final());
    await world.pass(50);
    expect(world.alice.got('BYE')).toHaveLength(1);
    await world.settled();
  });

  test('a 2xx that crosses the CANCEL is acknowledged and ended', async () => {
    const world = new LegWorld();
    world.bob.on['INVITE'] = (transaction) => {
      // What a callee does that had said 200 before the CANCEL came.
      transaction.onCancel = () => world.bob.answer(transaction, 200, { sdp: 'answer' });
      world.bob.answer(transaction, 180);
    };
    const call = world.alice.call();
    await world.pass(100);
    call.transaction.cancel();
    await world.pass(100);
    expect(call.final().status).toBe(487);
    expect(world.bob.acks).toHaveLength(1);
    expect(world.bob.got('BYE')).toHaveLength(1);
    await world.settled();
  });

  test('of several branches behind a forking proxy one is kept, the others get ACK and BYE', async () => {
    const world = new LegWorld();
    world.bob.on['INVITE'] = () => undefined;
    const call = world.alice.call();
    await world.pass(100);
    branch(world, { tag: 'desk', status: 180 });
    branch(world, { tag: 'mobile', status: 180 });
    branch(world, { tag: 'desk', status: 200, sdp: 'desk answer' });
    await world.pass(100);
    expect(call.final().body.toString()).toBe('us(desk answer)');
    branch(world, { tag: 'mobile', status: 200, sdp: 'mobile answer' });
    branch(world, { tag: 'mobile', status: 200, sdp: 'mobile answer' });
    await world.pass(100);
    expect(world.bob.got('BYE').map((bye) => bye.toTag)).toEqual(['mobile']);
    expect(world.bob.acks.map((ack) => ack.toTag)).toEqual(['desk', 'mobile', 'mobile']);
    expect(world.hungUp).toEqual([]);
    world.alice.ask('BYE');
    await world.settled();
  });

  test('a far side that makes up branches without end is followed in a few of them only', async () => {
    const world = new LegWorld();
    world.bob.on['INVITE'] = () => undefined;
    const call = world.alice.call();
    await world.pass(50);
    for (let count = 0; count < 100; count += 1) {
      branch(world, { tag: `early${count}`, status: 183, sdp: 'early' });
    }
    expect(world.dialogs.size).toBeLessThan(20);
    branch(world, { tag: 'early99', status: 199 });
    branch(world, { tag: 'early3', status: 200, sdp: 'answer' });
    for (let count = 0; count < 100; count += 1) {
      branch(world, { tag: `late${count}`, status: 200, sdp: 'answer' });
    }
    await world.pass(100);
    expect(call.final().body.toString()).toBe('us(answer)');
    expect(world.bob.got('BYE').length).toBeLessThan(20);
    expect(world.dialogs.size).toBe(2);
    world.alice.ask('BYE');
    await world.settled();
  });
});
