import { describe, expect, it } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { silentLogger } from '@/lib/infra/log';
import { ManualTimers } from '@/lib/protocol/sip/timers';
import { createTransactionLayer } from '@/lib/protocol/sip/transaction-layer';
import type { Flow } from '@/lib/protocol/sip/transport';
import { callsOver, mayBeEmergency } from '@/lib/switch/drain';
import { createRouter } from '@/lib/switch/router';
import { readResponse, spoilt } from '@/tests/unit/protocol/sip/wire';

const flow: Flow = {
  transport: 'udp',
  local: { address: '127.0.0.1', port: 5060 },
  remote: { address: '192.0.2.1', port: 5060 },
};

/** What a switch in this state answers to one message; "handled": it went where it belongs. */
function answerOf(bytes: Buffer, state: 'running' | 'draining') {
  const sent: Buffer[] = [];
  let handled: string | null = null;
  const handle = (name: string) => () => {
    handled = name;
  };
  const layer = createTransactionLayer({
    transport: { send: (answer) => sent.push(answer) > 0 },
    timers: new ManualTimers(),
    clock: new ManualClock(),
    randomToken: () => 'token',
    users: createRouter({
      dialogs: new Map(),
      log: silentLogger,
      register: handle('register'),
      invite: handle('invite'),
      subscribe: handle('subscribe'),
      isDraining: () => state === 'draining',
      mayBeEmergency: (invite) =>
        mayBeEmergency(invite, (domain) =>
          domain === 'acme.test' ? { country: 'US' } : undefined,
        ),
    }),
  });
  layer.receive(bytes, flow);
  layer.stop();
  return { handled, response: sent[0] ? readResponse(sent[0]) : null };
}

const request = (start: string, method: string): Buffer =>
  spoilt({ start, CSeq: `CSeq: 1 ${method}` });

describe('a draining switch', () => {
  it('answers a new INVITE with 503 and says when to come back', () => {
    const { handled, response } = answerOf(spoilt({}), 'draining');
    expect(handled).toBeNull();
    expect(response?.status).toBe(503);
    expect(response?.header('retry-after')).toBe('30');
  });

  it("looks at a call for help in the caller's own country, and at no other", () => {
    const to = (uri: string) => answerOf(request(`INVITE ${uri} SIP/2.0`, 'INVITE'), 'draining');
    expect(to('sip:911@acme.test').handled).toBe('invite');
    expect(to('sip:112@acme.test').response?.status).toBe(503);
    const stranger = spoilt({
      start: 'INVITE sip:911@acme.test SIP/2.0',
      From: 'From: <sip:101@nowhere.test>;tag=1',
    });
    expect(answerOf(stranger, 'draining').response?.status).toBe(503);
  });

  it('answers OPTIONS with 503, so that peers and balancers look elsewhere', () => {
    const options = request('OPTIONS sip:acme.test SIP/2.0', 'OPTIONS');
    expect(answerOf(options, 'draining').response?.status).toBe(503);
    expect(answerOf(options, 'running').response?.status).toBe(200);
  });

  it('goes on registering phones', () => {
    const register = request('REGISTER sip:acme.test SIP/2.0', 'REGISTER');
    expect(answerOf(register, 'draining').handled).toBe('register');
  });

  it('waits for its calls, but no longer than it may', async () => {
    const calls = new Map([['one', {}]]);
    setTimeout(() => calls.clear(), 60);
    await callsOver(calls, { seconds: 60 });
    expect(calls.size).toBe(0);
    calls.set('stays', {});
    await callsOver(calls, { seconds: 0.1 });
    expect(calls.size).toBe(1);
  });

  it('stops waiting when it is hurried', async () => {
    const hurry = new AbortController();
    hurry.abort();
    const since = performance.now();
    await callsOver(new Map([['one', {}]]), { seconds: 60, hurry: hurry.signal });
    expect(performance.now() - since).toBeLessThan(1_000);
  });
});
