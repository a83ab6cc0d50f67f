import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { Citizens } from '@/tests/support/citizens';
import { labOperator } from '@/tests/support/lab-operator';
import { labIdentity, RawPhone } from '@/tests/support/raw-phone';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { unnoticed as besideCitizens } from '@/tests/support/under-attack';

let running: RunningSwitch;
let citizens: Citizens;
let attacker: RawPhone;
let callee: RawPhone;

beforeAll(async () => {
  running = await startSwitch();
  citizens = await Citizens.open(running.ports.sip);
  attacker = await RawPhone.open(running.ports.sip, '127.0.0.66', labIdentity('acme', '103'));
  callee = await RawPhone.open(running.ports.sip, '127.0.0.67', labIdentity('acme', '104'));
  expect(await callee.register()).toBe(200);
});

afterAll(async () => {
  attacker?.close();
  callee?.close();
  citizens?.close();
  await running?.close();
});

const unnoticed = <T>(attack: () => Promise<T>) => besideCitizens({ running, citizens }, attack);

const isResponse = (message: { kind: string }): message is SipResponse =>
  message.kind === 'response';
const isInvite = (message: SipRequest | SipResponse): message is SipRequest =>
  message.kind === 'request' && message.method === 'INVITE';

let barriers = 0;

/** The statuses of what came back, up to the answer to an OPTIONS that was sent last. */
async function answersTo(sent: readonly (string | Buffer)[]): Promise<number[]> {
  attacker.received.length = 0;
  for (const one of sent) attacker.send(one);
  barriers += 1;
  const callId = `barrier-${barriers}`;
  attacker.send(attacker.wire({ method: 'OPTIONS', callId }));
  expect((await attacker.final(callId, 1)).status).toBe(200);
  return attacker.received
    .filter(isResponse)
    .filter((response) => response.header('call-id') !== callId)
    .map(({ status }) => status);
}

/** An ordinary request with something changed in its text. */
function spoilt(change: (text: string) => string, method = 'OPTIONS'): Buffer {
  return Buffer.from(change(attacker.wire({ method })), 'latin1');
}

const after = (line: string) => (text: string) => text.replace('\r\nMax-', `\r\n${line}\r\nMax-`);

test.each([
  ['two Call-IDs', after('Call-ID: another')],
  ['two Call-IDs, one of them compact', after('i: another')],
  ['two Froms', after('f: <sip:boss@acme.lab.test>;tag=1')],
  ['two Tos', after('To: <sip:boss@acme.lab.test>')],
  ['two CSeqs', after('CSeq: 9 OPTIONS')],
  ['two Max-Forwards', after('max-forwards: 3')],
  ['two Content-Lengths', after('l: 0')],
  ['a NUL in a header', after('Subject: a\0b')],
  ['a NUL in a quoted name', after('X: "a\\\0b"')],
  ['a bare CR', after('Subject: a\rX-Smuggled: yes')],
  ['a bare LF', after('Subject: a\nX-Smuggled: yes')],
  ['a CSeq beyond 31 bits', (text: string) => text.replace('CSeq: 1 ', 'CSeq: 2147483648 ')],
  ['a CSeq of 30 digits', (text: string) => text.replace('CSeq: 1 ', `CSeq: ${'9'.repeat(30)} `)],
  ['a negative CSeq', (text: string) => text.replace('CSeq: 1 ', 'CSeq: -1 ')],
  ['a CSeq of another method', (text: string) => text.replace('1 OPTIONS', '1 INVITE')],
  ['a body shorter than it says', (text: string) => text.replace('Length: 0', 'Length: 5')],
  ['a Content-Length with a sign', (text: string) => text.replace('Length: 0', 'Length: +0')],
  ['a Content-Length in hex', (text: string) => text.replace('Length: 0', 'Length: 0x0')],
  ['71 Vias', after(Array(70).fill('Via: SIP/2.0/UDP h;branch=z9hG4bKx').join('\r\n'))],
  [
    '71 Vias in one line',
    after(`Via: ${Array(70).fill('SIP/2.0/UDP h;branch=z9hG4bKx').join(', ')}`),
  ],
  ['600 headers', after(Array(600).fill('X: y').join('\r\n'))],
  [
    'a Call-ID of a kilobyte',
    (text: string) => text.replace('Call-ID: ', `Call-ID: ${'c'.repeat(1024)}`),
  ],
  ['SIP 3.0', (text: string) => text.replace('SIP/2.0\r\nVia', 'SIP/3.0\r\nVia')],
  ['a header without a colon', after('no colon here')],
])('%s is answered with a refusal and nothing else', async (_what, change) => {
  const statuses = await unnoticed(() => answersTo([spoilt(change)]));
  expect(statuses).toHaveLength(1);
  expect([400, 505]).toContain(statuses[0]);
});

test.each([
  ['an empty datagram', Buffer.alloc(0)],
  ['noise', Buffer.from(Array.from({ length: 1_000 }, (_, n) => (n * 7_919) % 256))],
  ['64 KB of headers', Buffer.from(`OPTIONS sip:a SIP/2.0\r\nX: ${'y'.repeat(65_400)}`)],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
  ['half a request', Buffer.from('OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP ')],
  [
    'a response to nothing',
    Buffer.from(
      'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKnone\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n',
    ),
  ],
  [
    'a malformed ACK',
    Buffer.from('ACK sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKa\r\nCSeq: x\r\n\r\n'),
  ],
])('%s is not answered', async (_what, bytes) => {
  expect(await unnoticed(() => answersTo([bytes]))).toEqual([]);
});

test('bytes that are not UTF-8 come through where they are text, and reach no database as such', async () => {
  const lines = ['Expires: 300', 'User-Agent: \xff\xfe\x80 phone \xc3'];
  await unnoticed(async () => {
    expect(await attacker.register({ lines })).toBe(200);
    const answer = await attacker.invite('104', {
      from: '"\xff\xc0" <sip:103@acme.lab.test>;tag=u',
    });
    expect(answer.status).toBe(200);
    attacker.send(attacker.wire(attacker.within(answer, 'ACK', answer.cseq.sequence)));
    await attacker.ask(attacker.within(answer, 'BYE', answer.cseq.sequence + 1));
  });
  const { prisma } = running.database;
  const deadline = Date.now() + 5_000;
  let stored: string | undefined;
  while (stored === undefined && Date.now() < deadline) {
    const bindings = await prisma.binding.findMany({ where: { address: '127.0.0.66' } });
    stored = bindings[0]?.userAgent;
  }
  expect(stored).toContain('phone');
});

test('no line of ours can be written by what was dialled or by a name', async () => {
  const dialled = ['104%0d%0aX-Evil:%201', '104%00', '104%0aX-Evil:1', '104%250d%250aX-Evil: 1'];
  await unnoticed(async () => {
    for (const number of dialled) {
      const uri = `sip:${number.replace(' ', '')}@acme.lab.test`;
      const answer = await attacker.ask({
        method: 'INVITE',
        uri,
        to: '<sip:104@acme.lab.test>',
        from: '"a\\"b%0d%0aX-Evil: 1" <sip:103@acme.lab.test>;tag=e',
        body: attacker.sdp(),
      });
      expect(answer.status, number).toBeGreaterThanOrEqual(400);
    }
    callee.received.length = 0;
    const answer = await attacker.invite('104', {
      from: '"x\\\\\\" <sip:evil@evil.test>" <sip:103@acme.lab.test>;tag=e2',
    });
    expect(answer.status).toBe(200);
    attacker.send(attacker.wire(attacker.within(answer, 'ACK', answer.cseq.sequence)));
    await attacker.ask(attacker.within(answer, 'BYE', answer.cseq.sequence + 1));
  });
  for (const message of callee.received) {
    expect(message.header('x-evil')).toBeUndefined();
    if (message.kind === 'request') expect(message.from.uri).not.toContain('evil');
  }
});

test('escapes are decoded once', async () => {
  callee.received.length = 0;
  // %2531 is "%31", not "1": 10%2534 is nobody's number.
  const twice = await unnoticed(() => attacker.invite('10%2534'));
  expect(twice.status).toBeGreaterThanOrEqual(400);
  expect(callee.received.filter(isInvite)).toEqual([]);
  const once = await attacker.invite('10%34');
  expect(once.status).toBe(200);
  attacker.send(attacker.wire(attacker.within(once, 'ACK', once.cseq.sequence)));
  await attacker.ask(attacker.within(once, 'BYE', once.cseq.sequence + 1));
});

async function registrationsFrom(from: string) {
  const { actor } = await labOperator(running.database);
  const { registrations } = await running.control.send('registrations', {
    scopePath: actor.accountPath,
  });
  return registrations.filter(({ address }) => address === from);
}

test('an expiry that is no number, or negative, does no harm', async () => {
  await unnoticed(async () => {
    for (const expires of ['-1', '99999999999999999999', '1e9', 'soon', '0x10']) {
      const status = await attacker.register({ lines: [`Expires: ${expires}`] });
      expect([200, 400], expires).toContain(status);
    }
  });
  const mine = await registrationsFrom('127.0.0.66');
  expect(mine.length).toBeGreaterThan(0);
  for (const { expiresAtMs, refreshedAtMs } of mine) {
    expect(expiresAtMs - refreshedAtMs).toBeGreaterThan(0);
    // An hour, each end rounded to its second.
    expect(expiresAtMs - refreshedAtMs).toBeLessThanOrEqual(3_601_000);
  }
});

test('no name has more than ten contacts, however many ask', async () => {
  const greedy = await RawPhone.open(running.ports.sip, '127.0.0.68', labIdentity('acme', '105'));
  await unnoticed(async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      const lines = [
        'Expires: 300',
        `Contact: <sip:105@192.0.2.${n}>`,
        'Contact: <sip:x@192.0.2.99>',
      ];
      statuses.push(await greedy.register({ lines }));
    }
    for (const status of statuses) expect([200, 403]).toContain(status);
  });
  greedy.close();
  const kept = (await registrationsFrom('127.0.0.68')).length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThanOrEqual(10);
});

test('a Refer-To that refers to itself, within itself, without end, leads nowhere', async () => {
  let target = '<sip:104@acme.lab.test>';
  for (let depth = 0; depth < 12; depth += 1) {
    target = `<sip:104@acme.lab.test?Refer-To=${encodeURIComponent(target).slice(0, 4_000)}>`;
  }
  await unnoticed(async () => {
    for (const referTo of [target, '<sip:103@acme.lab.test;method=REFER>', '<sip:?Replaces=%00>']) {
      const lines = [`Refer-To: ${referTo}`];
      const { status } = await attacker.ask({
        method: 'REFER',
        uri: 'sip:104@acme.lab.test',
        lines,
      });
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });
});

test('every method that we do not know, or not outside a call, is refused', async () => {
  await unnoticed(async () => {
    for (const method of ['BYE', 'UPDATE', 'PRACK', 'INFO', 'NOTIFY', 'FOO', 'invite', 'X-Y.Z!']) {
      const { status } = await attacker.ask({ method });
      expect(status, method).toBeGreaterThanOrEqual(400);
      expect(status, method).toBeLessThan(500);
    }
  });
});
