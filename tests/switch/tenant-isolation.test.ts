import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SipMessage, SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { labIdentity, RawPhone, type RawRequest } from '@/tests/support/raw-phone';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';

/**
 * Acme's 103 tries to reach, or to find out about, Birch's 101, who is registered and in a call. The
 * answers are compared with those about somebody of Birch who does not exist: nothing may differ.
 */
const METHODS = [
  'INVITE',
  'REGISTER',
  'OPTIONS',
  'SUBSCRIBE',
  'NOTIFY',
  'MESSAGE',
  'REFER',
  'PUBLISH',
  'INFO',
  'UPDATE',
  'PRACK',
  'BYE',
] as const;
const EXISTS = '101';
const MISSING = '199';
const OTHERS = 'birch.lab.test';

const isAck = (message: SipMessage): message is SipRequest =>
  message.kind === 'request' && message.method === 'ACK';

let running: RunningSwitch;
let acme: RawPhone;
let birch: RawPhone;
let birchCaller: RawPhone;
let call: SipResponse;

beforeAll(async () => {
  running = await startSwitch();
  const { sip } = running.ports;
  acme = await RawPhone.open(sip, '127.0.0.60', labIdentity('acme', '103'));
  birch = await RawPhone.open(sip, '127.0.0.61', labIdentity('birch', EXISTS));
  birchCaller = await RawPhone.open(sip, '127.0.0.62', labIdentity('birch', '102'));
  expect(await acme.register()).toBe(200);
  expect(await birch.register()).toBe(200);
  call = await birchCaller.invite(EXISTS);
  expect(call.status).toBe(200);
  birchCaller.send(birchCaller.wire(birchCaller.within(call, 'ACK', call.cseq.sequence)));
  // From here on nobody of Birch is told anything.
  expect(await birch.find(isAck)).toBeDefined();
});

afterAll(async () => {
  // The call that all tried to get at was never disturbed.
  const bye = birchCaller.within(call, 'BYE', call.cseq.sequence + 1);
  expect((await birchCaller.ask(bye)).status).toBe(200);
  for (const phone of [acme, birch, birchCaller]) phone.close();
  await running.close();
});

/** Where the name of somebody else can stand. */
const PLACES: Readonly<Record<string, (user: string) => Partial<RawRequest>>> = {
  'the Request-URI': (user) => ({ uri: `sip:${user}@${OTHERS}` }),
  To: (user) => ({ to: `<sip:${user}@${OTHERS}>` }),
  'Request-URI and To': (user) => ({
    uri: `sip:${user}@${OTHERS}`,
    to: `<sip:${user}@${OTHERS}>`,
  }),
  From: (user) => ({ from: `<sip:${user}@${OTHERS}>;tag=f` }),
  'Refer-To': (user) => ({
    uri: 'sip:104@acme.lab.test',
    lines: [`Refer-To: <sip:${user}@${OTHERS}>`],
  }),
  'Referred-By': (user) => ({
    uri: 'sip:104@acme.lab.test',
    lines: ['Refer-To: <sip:104@acme.lab.test>', `Referred-By: <sip:${user}@${OTHERS}>`],
  }),
  Replaces: (user) => {
    const isReal = user === EXISTS;
    const name = isReal ? call.callId : 'no-such-call';
    const tags = isReal ? [call.toTag, call.fromTag] : ['none', 'nobody'];
    return {
      uri: 'sip:104@acme.lab.test',
      lines: [`Replaces: ${name};to-tag=${tags[0]};from-tag=${tags[1]}`],
    };
  },
  'an event of theirs': (user) => ({
    uri: `sip:${user}@${OTHERS}`,
    to: `<sip:${user}@${OTHERS}>`,
    lines: ['Event: dialog', 'Accept: application/dialog-info+xml', 'Expires: 60'],
  }),
  'a dialog of theirs': (user) => {
    const isReal = user === EXISTS;
    return {
      callId: isReal ? call.callId : 'no-such-call',
      from: `<sip:102@${OTHERS}>;tag=${isReal ? call.fromTag : 'nobody'}`,
      to: `<sip:${user}@${OTHERS}>;tag=${isReal ? call.toTag : 'none'}`,
      cseq: 100,
    };
  },
};

/** An answer without what differs from one request to the next in any case. */
function shapeOf(response: SipResponse): string[] {
  const own = new Set(['via', 'from', 'to', 'call-id', 'cseq']);
  // Which algorithms are offered depends on how often the asker has left challenges unanswered.
  const lines = response.fields
    .lines()
    .filter(({ name, value }) => !own.has(name) && !value.includes('algorithm=SHA-256'));
  const shown = lines.map(({ name, value }) =>
    `${name}: ${value}`
      .replace(/nonce="[^"]*"/, 'nonce')
      .replace(/^date: .*/, 'date')
      .replaceAll(EXISTS, 'USER')
      .replaceAll(MISSING, 'USER'),
  );
  return [`${response.status} ${response.reason}`, ...shown.sort()];
}

async function about(user: string, method: string, place: string): Promise<string[]> {
  const more = PLACES[place]?.(user) ?? {};
  const body = method === 'INVITE' || method === 'UPDATE' ? acme.sdp() : '';
  const answer = await acme.ask({ method, uri: 'sip:acme.lab.test', ...more, body });
  acme.received.length = 0;
  return shapeOf(answer);
}

describe.each(Object.keys(PLACES))('somebody of another tenant named in %s', (place) => {
  test.each(METHODS)('by %s is not reached, and not confirmed to be there', async (method) => {
    birch.received.length = 0;
    birchCaller.received.length = 0;
    const real = await about(EXISTS, method, place);
    const invented = await about(MISSING, method, place);
    expect(real).toEqual(invented);
    // They may answer our own tenant's matters; of Birch's phones nobody hears a word.
    expect(birch.received).toEqual([]);
    expect(birchCaller.received).toEqual([]);
  });
});

test('guessing takes as long for a name that is there as for one that is not', async () => {
  const guesser = (user: string) =>
    RawPhone.open(running.ports.sip, `127.0.2.${user === EXISTS ? 1 : 2}`, {
      user,
      domain: OTHERS,
      secret: 'a wrong guess',
    });
  const phones = [await guesser(EXISTS), await guesser(MISSING)] as const;
  // In turns: whatever else the machine does meets both alike.
  const times: [number[], number[]] = [[], []];
  for (let n = 0; n < 8; n += 1) {
    for (const [which, phone] of phones.entries()) {
      const startedAt = performance.now();
      expect(await phone.register()).toBe(403);
      times[which]?.push(performance.now() - startedAt);
    }
  }
  for (const phone of phones) phone.close();
  const median = (all: number[]) => all.sort((one, other) => one - other)[4] ?? 0;
  expect(Math.abs(median(times[0]) - median(times[1]))).toBeLessThan(10);
});
