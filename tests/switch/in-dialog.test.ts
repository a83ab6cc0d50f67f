import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { type Product, startProduct } from '@/tests/support/product';
import { audioSdp, headerOf, type WireMessage } from '@/tests/support/wire/message';
import { type WireDialog, WirePhone } from '@/tests/support/wire/phone';
import type { WireTransport } from '@/tests/support/wire/wire';

/** What happens inside a running call, message by message, by two phones that do as told. */
let product: Product;
let lab: Lab;
const phones: WirePhone[] = [];

beforeAll(async () => {
  product = await startProduct({ scenario: 'lab' });
  lab = new Lab(product);
});

afterAll(async () => {
  await lab?.close();
  await product?.stop();
});

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  const nothing = JSON.stringify({ held: '0', openHolds: '0', liveCalls: '0', off: '0' });
  await eventually(async () => JSON.stringify(await lab.leftovers()) === nothing);
});

async function phone(user: string, transport: WireTransport = 'udp'): Promise<WirePhone> {
  const opened = await WirePhone.open({
    user,
    domain: 'acme.lab.test',
    secret: `lab-acme-${user}`,
    server: product.ready.sip[transport],
    transport,
  });
  phones.push(opened);
  expect((await opened.register()).status).toBe(200);
  return opened;
}

interface Conversation {
  readonly a: WirePhone;
  readonly b: WirePhone;
  readonly ours: WireDialog;
  readonly theirs: WireDialog;
}

/** Extension `one` in a call with `two`. */
async function conversation(one: string, two: string): Promise<Conversation> {
  const a = await phone(one);
  const b = await phone(two);
  const taken = b.answer(audioSdp(41_002));
  const ours = await a.call(two, audioSdp(41_000));
  const theirs = await taken;
  await b.request('ACK');
  return { a, b, ours, theirs };
}

/** Ends it properly: what went before has not broken the call. */
async function endsWell({ a, b, ours }: Conversation): Promise<void> {
  const bye = b.hungUp();
  expect((await a.hangUp(ours)).status).toBe(200);
  await bye;
}

test('a hold is told to the other side, answered by its complement, and taken back', async () => {
  const call = await conversation('101', '102');
  const { a, b, ours } = call;
  for (const [offered, told, answered] of [
    ['sendonly', 'sendonly', 'recvonly'],
    // Whoever is held hears music: it may receive, though nothing comes from the holder.
    ['inactive', 'sendonly', 'inactive'],
    ['sendrecv', 'sendrecv', 'sendrecv'],
  ] as const) {
    const sequence = a.inDialog(ours, 'INVITE', { body: audioSdp(41_000, offered, ours.sequence) });
    const offer = await b.request('INVITE');
    expect(offer.body).toContain(`a=${told}`);
    b.reply(offer, 200, { body: audioSdp(41_002, answered, ours.sequence) });
    await b.request('ACK');
    const answer = await a.response('INVITE', sequence);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain(`a=${answered}`);
    a.ack(ours);
  }
  await endsWell(call);
});

test('a refused re-INVITE leaves the call as it was', async () => {
  const call = await conversation('101', '102');
  const { a, b, ours } = call;
  const sequence = a.inDialog(ours, 'INVITE', { body: audioSdp(41_000, 'sendonly', 2) });
  b.reply(await b.request('INVITE'), 488);
  expect((await a.response('INVITE', sequence)).status).toBe(488);
  a.ack(ours);
  await endsWell(call);
});

test('two re-INVITEs at once are glare for at least one, and the call goes on', async () => {
  const call = await conversation('103', '104');
  const { a, b, ours, theirs } = call;
  const one = a.inDialog(ours, 'INVITE', { body: audioSdp(41_000, 'sendonly', 2) });
  const two = b.inDialog(theirs, 'INVITE', { body: audioSdp(41_002, 'sendonly', 2) });
  const answers: WireMessage[] = [];
  const take = async (who: WirePhone, dialog: WireDialog, sequence: number) => {
    const answer = await who.response('INVITE', sequence, 20_000);
    answers.push(answer);
    who.ack(dialog, sequence);
  };
  // Whoever is offered to in the middle of an offer of its own says so (RFC 3261 §14.2).
  const refuseGlare = async (who: WirePhone) => {
    const offer = await who.request('INVITE', 3_000).catch(() => null);
    if (offer) who.reply(offer, 491);
  };
  await Promise.all([take(a, ours, one), take(b, theirs, two), refuseGlare(a), refuseGlare(b)]);
  expect(answers.map(({ status }) => status)).toContain(491);
  await endsWell(call);
});

test('a caller that gives up while it rings is told 487, and the phone is cancelled', async () => {
  const a = await phone('105');
  const b = await phone('106');
  const uri = 'sip:106@acme.lab.test';
  const asked = a.ask(
    { method: 'INVITE', uri, body: audioSdp(41_000), callId: 'gives-up' },
    15_000,
  );
  const invite = await b.request('INVITE');
  b.reply(invite, 180);
  await a.next(({ status }) => status === 180);
  const last = a.heard.find(({ status }) => status === 180);
  if (!last) throw new Error('impossible');
  const via = headerOf(last, 'via');
  a.send({
    method: 'CANCEL',
    uri,
    from: headerOf(last, 'from'),
    callId: 'gives-up',
    sequence: 2,
    branch: /branch=([^;]+)/.exec(via)?.[1] ?? '',
  });
  expect((await a.response('CANCEL', 2)).status).toBe(200);
  b.reply(await b.request('CANCEL'), 200);
  b.reply(invite, 487);
  expect((await b.request('ACK')).method).toBe('ACK');
  expect((await asked).reply.status).toBe(487);
});

test('an INVITE without an offer is answered with one, and the answer comes in the ACK', async () => {
  const a = await phone('101');
  const b = await phone('102');
  const asked = a.ask({ method: 'INVITE', uri: 'sip:102@acme.lab.test' }, 15_000);
  const invite = await b.request('INVITE');
  const accepted = b.accept(invite, audioSdp(41_002));
  const { reply, sent } = await asked;
  expect(reply.status).toBe(200);
  expect(reply.body).toMatch(/m=audio [1-9]/);
  const ours: WireDialog = {
    callId: headerOf(reply, 'call-id'),
    ours: headerOf(reply, 'from'),
    theirs: headerOf(reply, 'to'),
    target: /<([^>]+)>/.exec(headerOf(reply, 'contact'))?.[1] ?? '',
    sequence: sent.sequence ?? 2,
  };
  a.send({
    method: 'ACK',
    uri: ours.target,
    from: ours.ours,
    to: ours.theirs,
    callId: ours.callId,
    sequence: ours.sequence,
    body: audioSdp(41_000),
  });
  await b.request('ACK');
  await endsWell({ a, b, ours, theirs: accepted });
});

test('a digit by INFO reaches the other side as it is', async () => {
  const call = await conversation('101', '102');
  const { a, b, ours } = call;
  ours.sequence += 1;
  a.sendRaw(
    [
      `INFO ${ours.target} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKinfo${ours.sequence};rport`,
      'Max-Forwards: 70',
      `From: ${ours.ours}`,
      `To: ${ours.theirs}`,
      `Call-ID: ${ours.callId}`,
      `CSeq: ${ours.sequence} INFO`,
      'Content-Type: application/dtmf-relay',
      'Content-Length: 24',
      '',
      'Signal=7\r\nDuration=160\r\n',
    ].join('\r\n'),
  );
  const info = await b.request('INFO');
  expect(info.body).toContain('Signal=7');
  b.reply(info, 200);
  expect((await a.response('INFO', ours.sequence)).status).toBe(200);
  await endsWell(call);
});

test('a call whose phone loses its connection ends for the other side when that one hangs up', async () => {
  const a = await phone('109', 'tcp');
  const b = await phone('110');
  const taken = b.answer(audioSdp(41_002));
  await a.call('110', audioSdp(41_000));
  const theirs = await taken;
  await b.request('ACK');
  a.close();
  await sleep(200);
  expect((await b.hangUp(theirs)).status).toBe(200);
});
