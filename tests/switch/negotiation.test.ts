import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type Product, startProduct } from '@/tests/support/product';
import {
  audioSdp,
  headerOf,
  type WireHeaders,
  type WireMessage,
} from '@/tests/support/wire/message';
import { type WireDialog, WirePhone } from '@/tests/support/wire/phone';

/**
 * What two phones may do inside a call of the running switch, told message by message: session
 * timers, late offers, PRACK, colliding offers. (tests/unit/switch/call has every corner of it.)
 */
const test = anyTest.skipIf(!hasPeer('sipp'));
const TIMER = ['Supported', 'timer'] as const;
const NOTHING = JSON.stringify({ held: '0', openHolds: '0', liveCalls: '0', off: '0' });
const IDLE = JSON.stringify({ transactions: 0, dialogs: 0, mediaSessions: 0, mediaPortPairs: 0 });

let product: Product;
let lab: Lab;
const phones: WirePhone[] = [];

beforeAll(async () => {
  product = await startProduct({ scenario: 'lab' });
  lab = new Lab(product);
});

afterAll(async () => {
  await eventually(async () => JSON.stringify(await lab.inUse()) === IDLE, 45_000);
  await lab.close();
  await product.stop();
});

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await eventually(async () => JSON.stringify(await lab.leftovers()) === NOTHING);
});

async function phone(user: string): Promise<WirePhone> {
  const opened = await WirePhone.open({
    user,
    domain: 'acme.lab.test',
    secret: `lab-acme-${user}`,
    server: lab.sip,
  });
  phones.push(opened);
  return opened;
}

interface Pair {
  readonly alice: WirePhone;
  readonly bob: WirePhone;
  readonly number: string;
}

/** Two phones of which the second can be rung. */
async function pair(caller: string, callee: string): Promise<Pair> {
  const [alice, bob] = await Promise.all([phone(caller), phone(callee)]);
  expect((await bob.register()).status).toBe(200);
  return { alice, bob, number: callee };
}

interface Talk extends Pair {
  readonly atAlice: WireDialog;
  readonly atBob: WireDialog;
}

async function talk(
  two: Pair,
  headers: { readonly alice?: WireHeaders; readonly bob?: WireHeaders } = {},
): Promise<Talk> {
  const calling = two.alice.call(two.number, audioSdp(41_000), headers.alice);
  const atBob = await two.bob.answer(audioSdp(42_000), headers.bob);
  const atAlice = await calling;
  await two.bob.request('ACK');
  return { ...two, atAlice, atBob };
}

async function end({ alice, bob, atAlice }: Talk): Promise<void> {
  const sequence = alice.inDialog(atAlice, 'BYE');
  await bob.hungUp();
  expect((await alice.response('BYE', sequence)).status).toBe(200);
}

/** The ACK of a 2xx that bore an offer. */
function acknowledge(at: WirePhone, dialog: WireDialog, body: string): void {
  at.send({
    method: 'ACK',
    uri: dialog.target,
    from: dialog.ours,
    to: dialog.theirs,
    callId: dialog.callId,
    sequence: dialog.sequence,
    body,
  });
}

const rtpPort = (message: WireMessage): string => /m=audio (\d+)/.exec(message.body)?.[1] ?? '';

test('session timers: who stops refreshing is hung up, whom we refresh stays', async () => {
  // An interval is over after 60 s of 90 (RFC 4028 §10): who is there then was refreshed.
  const silent = async () => {
    const call = await talk(await pair('101', '102'), {
      alice: [TIMER, ['Session-Expires', '90;refresher=uac']],
    });
    const sinceMs = performance.now();
    const bye = await call.alice.hungUp(75_000);
    expect(performance.now() - sinceMs).toBeGreaterThan(58_000);
    expect(headerOf(bye, 'reason')).toContain('cause=102');
    await call.bob.hungUp();
  };
  const refreshed = async () => {
    const call = await talk(await pair('103', '104'), {
      alice: [TIMER, ['Session-Expires', '90;refresher=uas']],
      bob: [
        ['Allow', 'INVITE, ACK, BYE, UPDATE'],
        ['Require', 'timer'],
        ['Session-Expires', '90;refresher=uac'],
      ],
    });
    const again: WireHeaders = [['Session-Expires', '90;refresher=uac']];
    const [invite, update] = await Promise.all([
      call.alice.request('INVITE', 50_000),
      call.bob.request('UPDATE', 50_000),
    ]);
    expect(update.body).toBe('');
    expect(invite.body).toContain('m=audio');
    call.bob.reply(update, 200, { headers: again });
    call.alice.reply(invite, 200, { body: audioSdp(41_000), headers: again });
    await call.alice.request('ACK');
    return call;
  };
  const [, stays] = await Promise.all([silent(), refreshed()]);
  await end(stays);
});

test('an interval that is too short gets 422 and Min-SE', async () => {
  const { alice } = await pair('101', '102');
  const { reply } = await alice.ask({
    method: 'INVITE',
    uri: 'sip:102@acme.lab.test',
    body: audioSdp(41_000),
    headers: [TIMER, ['Session-Expires', '60']],
  });
  expect(reply.status).toBe(422);
  expect(headerOf(reply, 'min-se')).toBe('90');
});

test('late offers are handed through, in the first INVITE and in a later one', async () => {
  const { alice, bob } = await pair('101', '102');
  const asking = alice.ask({ method: 'INVITE', uri: 'sip:102@acme.lab.test' });
  const invite = await bob.request('INVITE');
  expect(invite.body).toBe('');
  const atBob = bob.accept(invite, audioSdp(42_000));
  const { reply, sent } = await asking;
  expect(reply.status).toBe(200);
  expect(rtpPort(reply)).not.toBe('42000');
  const atAlice: WireDialog = {
    callId: headerOf(reply, 'call-id'),
    ours: headerOf(reply, 'from'),
    theirs: headerOf(reply, 'to'),
    target: /<([^>]+)>/.exec(headerOf(reply, 'contact'))?.[1] ?? '',
    sequence: sent.sequence ?? 0,
  };
  acknowledge(alice, atAlice, audioSdp(41_000));
  const ack = await bob.request('ACK');
  expect(ack.body).toContain('m=audio');
  const port = rtpPort(ack);

  const sequence = alice.inDialog(atAlice, 'INVITE');
  const again = await bob.request('INVITE');
  expect(again.body).toBe('');
  bob.reply(again, 200, { body: audioSdp(42_000, 'sendrecv', 2) });
  expect((await alice.response('INVITE', sequence)).body).toContain('m=audio');
  acknowledge(alice, atAlice, audioSdp(41_000));
  expect(rtpPort(await bob.request('ACK'))).toBe(port);
  await end({ alice, bob, number: '102', atAlice, atBob });
});

test('PRACK: heard from a callee that sends reliably, required by a caller that asks for it', async () => {
  const { alice, bob } = await pair('101', '102');
  const calling = alice.ask({
    method: 'INVITE',
    uri: 'sip:102@acme.lab.test',
    body: audioSdp(41_000),
    headers: [['Require', '100rel']],
  });
  const invite = await bob.request('INVITE');
  const to = `${headerOf(invite, 'to')};tag=bob`;
  const reliable: WireHeaders = [
    ['Require', '100rel'],
    ['RSeq', '41'],
  ];
  bob.reply(invite, 183, { to, body: audioSdp(42_000), headers: reliable });
  const prack = await bob.request('PRACK');
  expect(headerOf(prack, 'rack')).toBe(`41 ${headerOf(invite, 'cseq')}`);
  bob.reply(prack, 200);

  const progress = await alice.next(({ status }) => status === 183);
  expect(headerOf(progress, 'require')).toBe('100rel');
  const repeated = await alice.next(({ status }) => status === 183);
  expect(headerOf(repeated, 'rseq')).toBe(headerOf(progress, 'rseq'));
  // The callee's 200 needs no SDP any more; the caller's waits for its PRACK.
  bob.reply(invite, 200, { to });
  await bob.request('ACK');
  expect(alice.heard.some(({ status }) => status === 200)).toBe(false);
  const target = /<([^>]+)>/.exec(headerOf(progress, 'contact'))?.[1] ?? '';
  const atAlice: WireDialog = {
    callId: headerOf(progress, 'call-id'),
    ours: headerOf(progress, 'from'),
    theirs: headerOf(progress, 'to'),
    target,
    sequence: Number.parseInt(headerOf(progress, 'cseq'), 10),
  };
  const rack = `${headerOf(progress, 'rseq')} ${headerOf(progress, 'cseq')}`;
  const sequence = alice.inDialog(atAlice, 'PRACK', { headers: [['RAck', rack]] });
  expect((await alice.response('PRACK', sequence)).status).toBe(200);
  const { reply, sent } = await calling;
  expect(reply.status).toBe(200);
  alice.ack(atAlice, sent.sequence);
  const atBob: WireDialog = { ...atAlice };
  await end({ alice, bob, number: '102', atAlice, atBob });
});

test('offers that collide are refused and leave the call as it was', async () => {
  const call = await talk(await pair('101', '102'));
  const { alice, bob, atAlice, atBob } = call;
  const first = alice.inDialog(atAlice, 'INVITE', { body: audioSdp(41_000, 'sendonly', 2) });
  const towards = await bob.request('INVITE');
  expect(towards.body).toContain('a=sendonly');
  // The other side offers at the same time, and the first side once more.
  const glare = bob.inDialog(atBob, 'INVITE', { body: audioSdp(42_000, 'sendonly', 2) });
  const overlapping = alice.inDialog(atAlice, 'INVITE', { body: audioSdp(41_000) });
  expect((await bob.response('INVITE', glare)).status).toBe(491);
  const tooEarly = await alice.response('INVITE', overlapping);
  expect(tooEarly.status).toBe(500);
  expect(Number(headerOf(tooEarly, 'retry-after'))).toBeLessThanOrEqual(10);
  bob.reply(towards, 491);
  expect((await alice.response('INVITE', first)).status).toBe(491);

  const update = bob.inDialog(atBob, 'UPDATE', { body: audioSdp(42_000, 'sendonly', 2) });
  const held = await alice.request('INVITE');
  expect(held.body).toContain('a=sendonly');
  alice.reply(held, 200, { body: audioSdp(41_000, 'recvonly', 3) });
  await alice.request('ACK');
  expect((await bob.response('UPDATE', update)).body).toContain('a=recvonly');
  await end(call);
});

test('a far side that lost the dialog ends the call for the other', async () => {
  const { alice, bob, atAlice } = await talk(await pair('101', '102'));
  const sequence = alice.inDialog(atAlice, 'INVITE', { body: audioSdp(41_000, 'sendonly', 2) });
  bob.reply(await bob.request('INVITE'), 481);
  expect((await alice.response('INVITE', sequence)).status).toBe(481);
  const bye = await alice.hungUp();
  expect(headerOf(bye, 'reason')).toContain('cause=41');
});
