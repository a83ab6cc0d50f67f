import { expect, test } from 'vitest';
import { bencode } from '@/lib/protocol/ng/bencode';
import { NG_TIMEOUT_MS, NgClient } from '@/lib/protocol/ng/client';
import { readNgAnswer } from '@/lib/protocol/ng/message';
import { ManualTimers } from '@/lib/protocol/sip/timers';

function start() {
  const timers = new ManualTimers();
  const sent: string[] = [];
  const client = new NgClient({
    timers,
    send: (datagram) => void sent.push(datagram.toString()),
    cookiePrefix: 'me_',
  });
  const answer = (cookie: string, body: Record<string, string>): void =>
    client.receive(Buffer.from(`${cookie} ${bencode(body)}`));
  return { timers, sent, client, answer };
}

test('a request is a cookie and a dictionary with the command', async () => {
  const { sent, client, answer } = start();
  const asked = client.ask('offer', { 'call-id': 'c', flags: ['strict source'] });
  expect(sent).toEqual(['me_1 d7:command5:offer7:call-id1:c5:flagsl13:strict sourceee']);
  answer('me_1', { result: 'ok', sdp: 'v=0' });
  const outcome = await asked;
  expect(outcome.type === 'done' && outcome.body.get('sdp')).toBe('v=0');
});

test('it is repeated under its cookie, ever more slowly, and given up in under two seconds', async () => {
  const { timers, sent, client } = start();
  const asked = client.ask('ping');
  const times: number[] = [];
  for (let ms = 0; ms < NG_TIMEOUT_MS; ms += 10) {
    const before = sent.length;
    timers.advance(10);
    if (sent.length > before) times.push(ms + 10);
  }
  expect(times).toEqual([40, 120, 280, 600, 1_240]);
  expect(new Set(sent)).toEqual(new Set(['me_1 d7:command4:pinge']));
  expect(await asked).toEqual({ type: 'silent' });
  expect(client.waiting).toBe(0);
  expect(NG_TIMEOUT_MS).toBeLessThan(2_000);
});

test('an answer ends the repeating; one more of the same, or of nobody, changes nothing', async () => {
  const { timers, sent, client, answer } = start();
  const asked = client.ask('ping');
  answer('me_2', { result: 'pong' });
  answer('me_1', { result: 'pong' });
  answer('me_1', { result: 'error' });
  timers.advance(NG_TIMEOUT_MS);
  expect(sent).toHaveLength(1);
  expect((await asked).type).toBe('done');
});

test('answers find their requests in any order', async () => {
  const { client, answer } = start();
  const [one, other] = [client.ask('query'), client.ask('query')];
  answer('me_2', { result: 'ok', which: 'second' });
  answer('me_1', { result: 'ok', which: 'first' });
  const which = [await one, await other].map((each) =>
    each.type === 'done' ? each.body.get('which') : '',
  );
  expect(which).toEqual(['first', 'second']);
});

test.each([
  [{ result: 'error', 'error-reason': 'Unknown call-id' }, 'Unknown call-id'],
  [{ result: 'load limit', message: 'Maximum sessions reached' }, 'Maximum sessions reached'],
  [{ result: 'error' }, 'error'],
  [{}, 'no reason given'],
])('%j is a refusal with its reason', async (body, reason) => {
  const { client, answer } = start();
  const asked = client.ask('offer');
  answer('me_1', body as Record<string, string>);
  expect(await asked).toEqual({ type: 'refused', reason });
});

test('what waits is given up when it is closed, and nothing is asked afterwards', async () => {
  const { sent, client } = start();
  const asked = client.ask('ping');
  client.close();
  expect(await asked).toEqual({ type: 'silent' });
  expect(await client.ask('ping')).toEqual({ type: 'silent' });
  expect(sent).toHaveLength(1);
});

test('no more wait than the bound allows', async () => {
  const { sent, client } = start();
  const asked = Array.from({ length: 4_097 }, () => client.ask('ping'));
  expect(sent).toHaveLength(4_096);
  expect(await asked[4_096]).toEqual({ type: 'silent' });
  client.close();
});

test.each(['', 'x', ' de', `${'c'.repeat(65)} de`, 'c le', 'c d1:ae'])(
  '%j is no answer, and nothing throws',
  (text) => {
    expect(readNgAnswer(Buffer.from(text)).ok).toBe(false);
  },
);
