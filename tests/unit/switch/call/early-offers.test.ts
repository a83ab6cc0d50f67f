import { beforeEach, describe, expect, test } from 'vitest';
import type { SipResponse } from '@/lib/protocol/sip/message';
import { DirectEngine } from '@/lib/switch/media/direct-engine';
import { LegWorld } from './leg-world';

const RELIABLE = { require: '100rel', contact: '<sip:phone@192.0.2.20>' } as const;
const NEEDS_RELIABLE = { require: '100rel', supported: '100rel', allow: 'UPDATE, PRACK' };

let world: LegWorld;

beforeEach(() => {
  world = new LegWorld(new DirectEngine());
});

/** A description of one voice stream at a port, with these static formats. */
const sdp = (port: number, formats: string, version = 1): string =>
  `${[
    'v=0',
    `o=- 7 ${version} IN IP4 192.0.2.99`,
    's=-',
    'c=IN IP4 192.0.2.99',
    't=0 0',
    `m=audio ${port} RTP/AVP ${formats}`,
  ].join('\r\n')}\r\n`;

/** "4000: 0 8", what a message says of its voice; '' where it says nothing. */
function voiceOf(message: { readonly body: Buffer } | undefined): string {
  const match = /m=audio (\d+) RTP\/AVP ([\d ]+)/.exec(message?.body.toString() ?? '');
  return match ? `${match[1]}: ${match[2]}` : '';
}

/** Bob rings with an answer, reliably or not. */
function ringing(isReliable: boolean): void {
  world.bob.on['INVITE'] = (transaction) =>
    world.bob.answer(transaction, 183, {
      sdp: sdp(5_000, '0 8'),
      headers: isReliable ? { ...RELIABLE, rseq: 1, allow: 'UPDATE' } : {},
    });
}

type Call = ReturnType<LegWorld['alice']['call']>;

function rackOf(call: Call): string {
  const rung: SipResponse | undefined = call.responses.find(({ status }) => status === 183);
  return `${rung?.header('rseq')} 1 INVITE`;
}

/** Alice, who needs reliable provisionals, calls and hears that it rings. */
async function calling(isReliable: boolean): Promise<Call> {
  ringing(isReliable);
  const call = world.alice.call({ sdp: sdp(4_000, '0 8'), headers: NEEDS_RELIABLE });
  await world.pass(100);
  expect(call.statuses()).toEqual([183]);
  return call;
}

/** Bob answers; Alice is told, talks, and hangs up. */
async function answeredAndOver(call: Call, body?: string): Promise<SipResponse> {
  world.bob.answer(world.bob.latest('INVITE'), 200, body === undefined ? {} : { sdp: body });
  await world.pass(100);
  const final = call.final();
  expect(final.status).toBe(200);
  expect(world.hungUp).toEqual([]);
  world.alice.ask('BYE');
  await world.settled();
  return final;
}

describe('a PRACK with an offer (RFC 3262 §5)', () => {
  test('is answered for a callee that can not be asked, who does not hear of it', async () => {
    const call = await calling(false);
    const prack = world.alice.ask('PRACK', {
      sdp: sdp(4_010, '8', 2),
      headers: { rack: rackOf(call) },
    });
    await world.pass(100);
    expect(prack.final().status).toBe(200);
    expect(voiceOf(prack.final())).toBe('5000: 8');
    expect(world.bob.got('UPDATE')).toEqual([]);
    // What the caller was told last is what the 200 says, too.
    const final = await answeredAndOver(call, sdp(5_000, '0 8'));
    expect(final.body.toString()).toBe(prack.final().body.toString());
  });

  test('is handed to a callee that can be asked, as UPDATE, and its answer back', async () => {
    const call = await calling(true);
    world.bob.on['UPDATE'] = (transaction) =>
      world.bob.answer(transaction, 200, { sdp: sdp(5_020, '8', 2) });
    const prack = world.alice.ask('PRACK', {
      sdp: sdp(4_010, '8', 2),
      headers: { rack: rackOf(call) },
    });
    await world.pass(100);
    expect(voiceOf(world.bob.got('UPDATE')[0])).toBe('4010: 8');
    expect(voiceOf(prack.final())).toBe('5020: 8');
    const final = await answeredAndOver(call);
    expect(voiceOf(final)).toBe('5020: 8');
  });

  test('is answered before the 200 to the INVITE, whatever the callee does first', async () => {
    const call = await calling(true);
    world.bob.on['UPDATE'] = () => undefined;
    const prack = world.alice.ask('PRACK', {
      sdp: sdp(4_010, '8', 2),
      headers: { rack: rackOf(call) },
    });
    await world.pass(50);
    world.bob.answer(world.bob.latest('INVITE'), 200);
    await world.pass(200);
    expect(call.statuses()).toEqual([183]);
    world.bob.answer(world.bob.latest('UPDATE'), 200, { sdp: sdp(5_020, '8', 2) });
    await world.pass(100);
    expect(voiceOf(prack.final())).toBe('5020: 8');
    expect(voiceOf(call.final())).toBe('5020: 8');
    world.alice.ask('BYE');
    await world.settled();
  });

  test('that has no voice in common is refused, and the call goes on as it was', async () => {
    const call = await calling(false);
    const prack = world.alice.ask('PRACK', {
      sdp: sdp(4_010, '9', 2),
      headers: { rack: rackOf(call) },
    });
    await world.pass(100);
    expect(prack.final().status).toBe(488);
    expect(voiceOf(await answeredAndOver(call, sdp(5_000, '0 8')))).toBe('5000: 0 8');
  });

  test('of a caller that gives up is answered, and nothing is left', async () => {
    const call = await calling(true);
    world.bob.on['UPDATE'] = () => undefined;
    world.bob.latest('INVITE').onCancel = () => world.bob.latest('INVITE').respond(487);
    const prack = world.alice.ask('PRACK', {
      sdp: sdp(4_010, '8', 2),
      headers: { rack: rackOf(call) },
    });
    await world.pass(50);
    call.transaction.cancel();
    await world.pass(100);
    expect([call.final().status, prack.final().status]).toEqual([487, 487]);
    await world.settled();
  });
});

describe('an UPDATE before the answer (RFC 3311 §5)', () => {
  test('of the caller is answered for a callee that can not be asked', async () => {
    const call = await calling(false);
    world.alice.ask('PRACK', { headers: { rack: rackOf(call) } });
    await world.pass(50);
    const update = world.alice.ask('UPDATE', { sdp: sdp(4_010, '8', 2) });
    await world.pass(50);
    expect(voiceOf(update.final())).toBe('5000: 8');
    expect(world.bob.got('UPDATE')).toEqual([]);
    const final = await answeredAndOver(call, sdp(5_000, '0 8'));
    expect(voiceOf(final)).toBe('5000: 8');
  });

  test('of the callee is answered for a caller that can not be asked, who hears it in the 200', async () => {
    ringing(true);
    const call = world.alice.call({ sdp: sdp(4_000, '0 8') });
    await world.pass(100);
    expect(voiceOf(call.responses.at(-1))).toBe('5000: 0 8');
    const update = world.bob.ask('UPDATE', { sdp: sdp(5_030, '8', 2) });
    await world.pass(50);
    expect(voiceOf(update.final())).toBe('4000: 8');
    expect(world.alice.got('UPDATE')).toEqual([]);
    expect(voiceOf(await answeredAndOver(call))).toBe('5030: 8');
  });

  test('of the callee that nobody can use is refused, and it may still answer', async () => {
    ringing(true);
    const call = world.alice.call({ sdp: sdp(4_000, '0 8') });
    await world.pass(100);
    const update = world.bob.ask('UPDATE', { sdp: sdp(5_030, '9', 2) });
    await world.pass(50);
    expect(update.final().status).toBe(488);
    expect(voiceOf(await answeredAndOver(call))).toBe('5000: 0 8');
  });

  test('of the callee, twice: the last one counts', async () => {
    ringing(true);
    const call = world.alice.call({ sdp: sdp(4_000, '0 8') });
    await world.pass(100);
    for (const port of [5_030, 5_040]) {
      const update = world.bob.ask('UPDATE', { sdp: sdp(port, '0', port) });
      await world.pass(50);
      expect(update.final().status).toBe(200);
    }
    expect(voiceOf(await answeredAndOver(call))).toBe('5040: 0');
  });

  test('of a callee that answers reliably, to a caller that takes UPDATE, is handed on', async () => {
    const call = await calling(true);
    world.alice.ask('PRACK', { headers: { rack: rackOf(call) } });
    await world.pass(50);
    world.alice.on['UPDATE'] = (transaction) =>
      world.alice.answer(transaction, 200, { sdp: sdp(4_050, '8', 3) });
    const update = world.bob.ask('UPDATE', { sdp: sdp(5_030, '8', 2) });
    await world.pass(50);
    expect(voiceOf(update.final())).toBe('4050: 8');
    expect(voiceOf(await answeredAndOver(call))).toBe('5030: 8');
  });
});
