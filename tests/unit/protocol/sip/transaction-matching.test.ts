import { expect, it } from 'vitest';
import { pair } from './two-hosts';
import { spoilt } from './wire';

const VIA = 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds';

/** Bob, who counts what he hears as new, and what came as an ACK for himself. */
function listener() {
  const heard: string[] = [];
  const acks: string[] = [];
  const parts = pair({
    onRequest: (transaction, { method }) => {
      heard.push(method);
      if (method === 'INVITE') transaction.respond(486);
    },
    onAck: ({ callId }) => acks.push(callId),
  });
  const flow = parts.network.flow('bob', 'alice');
  const receive = (changes: Record<string, string>) => parts.bob.receive(spoilt(changes), flow);
  return { ...parts, heard, acks, receive };
}

it('a request is the same by branch, sent-by and method together, and by none of them alone', () => {
  const { bob, heard, receive } = listener();
  const options = { start: 'OPTIONS sip:102@acme.test SIP/2.0', cseq: 'CSeq: 314159 OPTIONS' };
  const ask = (via: string) => receive({ ...options, via: `Via: ${via}` });
  ask(VIA);
  ask(VIA);
  expect(heard).toEqual(['OPTIONS']);
  // Names of hosts know no case, and 5060 is the port where none is said.
  ask(VIA.replace(':5060', ''));
  expect(heard).toHaveLength(1);
  ask(VIA.replace('192.0.2.1', '192.0.2.2'));
  ask(VIA.replace(':5060', ':5070'));
  ask(VIA.replace('776asdhds', '776asdhdt'));
  expect(heard).toHaveLength(4);
  receive({ via: `Via: ${VIA}` });
  expect(heard).toHaveLength(5);
  bob.stop();
});

it('an ACK finds the INVITE whose refusal it is for, and no other', () => {
  const { network, bob, acks, receive } = listener();
  const ack = (branch: string) =>
    receive({
      start: 'ACK sip:102@acme.test SIP/2.0',
      via: `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`,
      cseq: 'CSeq: 314159 ACK',
    });
  const refusals = () => network.startLines().filter((line) => line.startsWith('SIP/2.0 486'));
  receive({});
  ack('z9hG4bKanother');
  // It is of no transaction: that of a 2xx goes to the core.
  expect(acks).toHaveLength(1);
  network.advance(1_600);
  expect(refusals()).toHaveLength(3);
  ack('z9hG4bK776asdhds');
  expect(acks).toHaveLength(1);
  network.advance(20_000);
  expect(refusals()).toHaveLength(3);
  expect(bob.counters().inviteServer).toBe(0);
  bob.stop();
});

it.each([
  ['Call-ID', { 'call-id': 'Call-ID: another' }],
  ['From-tag', { from: 'From: <sip:101@acme.test>;tag=another' }],
  ['CSeq', { cseq: 'CSeq: 314160 CANCEL' }],
  ['branch', { via: 'Via: SIP/2.0/UDP 10.0.0.2:4000;branch=z9hG4bKanother' }],
])('a CANCEL whose sent-by a NAT has changed ends nothing with another %s', (_, change) => {
  let cancelled = 0;
  const { network, bob } = pair({
    onRequest: (transaction) => {
      transaction.onCancel = () => {
        cancelled += 1;
        transaction.respond(487);
      };
    },
  });
  const flow = network.flow('bob', 'alice');
  const cancel = (changes: Record<string, string>) =>
    spoilt({
      start: 'CANCEL sip:102@acme.test SIP/2.0',
      via: 'Via: SIP/2.0/UDP 10.0.0.2:4000;branch=z9hG4bK776asdhds',
      cseq: 'CSeq: 314159 CANCEL',
      ...changes,
    });
  bob.receive(spoilt({}), flow);
  bob.receive(cancel(change), flow);
  expect(cancelled).toBe(0);
  expect(network.startLines()).toEqual(['SIP/2.0 481 Call/Transaction Does Not Exist']);
  bob.receive(cancel({ via: 'Via: SIP/2.0/UDP 10.0.0.3:4000;branch=z9hG4bK776asdhds' }), flow);
  expect(cancelled).toBe(1);
  expect(network.startLines().slice(1)).toEqual([
    'SIP/2.0 200 OK',
    'SIP/2.0 487 Request Terminated',
  ]);
  bob.stop();
});

it('a response that is malformed is dropped: nobody hears of it, and nothing is sent back', () => {
  const strays: number[] = [];
  const defects: unknown[] = [];
  const { network, bob } = pair({
    onStrayResponse: ({ status }) => strays.push(status),
    onDefect: (defect) => defects.push(defect),
  });
  const flow = network.flow('bob', 'alice');
  const start = 'SIP/2.0 200 OK';
  const broken: Record<string, string | undefined>[] = [
    { cseq: 'CSeq: 1' },
    { 'call-id': undefined },
    { from: 'From: "open <sip:101@acme.test>;tag=1' },
    { via: 'Via: SIP/2.0/UDP' },
    { l: 'Content-Length: 5' },
    { x: 'Call-ID: second' },
  ];
  for (const changes of broken) bob.receive(spoilt({ start, ...changes }), flow);
  bob.receive(spoilt({ start: 'SIP/2.0 99 Too Low' }), flow);
  bob.receive(spoilt({ start: 'SIP/2.0 700 Too High' }), flow);
  expect(strays).toEqual([]);
  expect(network.log).toEqual([]);
  expect(defects).toHaveLength(broken.length + 2);
  bob.receive(spoilt({ start }), flow);
  expect(strays).toEqual([200]);
});
