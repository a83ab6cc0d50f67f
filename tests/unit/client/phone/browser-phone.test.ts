import { describe, expect, it } from 'vitest';
import { BrowserPhone } from '@/lib/client/phone/browser-phone';
import { currentCall, endReasonOf, MAX_CALLS, peerName, toneFor } from '@/lib/client/phone/calls';
import type { Line, LineCall, LineCallHandlers, LineHandlers } from '@/lib/client/phone/line';
import type { WireBrowserCredential } from '@/lib/services/extensions/schemas';

const NOW_MS = Date.parse('2026-11-28T02:00:00Z');
const MINUTE_MS = 60_000;

/** A line that does what it is told and says what it was told. */
class FakeCall implements LineCall {
  readonly did: string[] = [];
  handlers: LineCallHandlers = {
    rings: () => undefined,
    heardEarly: () => undefined,
    answered: () => undefined,
    ended: () => undefined,
    heard: () => undefined,
  };
  readonly peer;
  readonly id: string;
  constructor(number: string) {
    this.id = `to ${number}`;
    this.peer = { number, name: null };
  }
  private note(what: string): void {
    this.did.push(what);
  }
  accept = async () => this.handlers.answered();
  end = async () => this.handlers.ended('hung_up');
  mute = (isMuted: boolean) => this.note(`mute ${isMuted}`);
  hold = async (isHeld: boolean) => this.note(`hold ${isHeld}`);
  sendDigit = (digit: string) => {
    this.note(digit);
    return true;
  };
  heard = async () => null;
  changeMicrophone = async () => this.note('microphone');
  transferTo = async (target: string) => this.note(`transfer ${target}`);
  joinWith = async (other: LineCall) => this.note(`join ${other.id}`);
}

function phoneOf(credentials: readonly (WireBrowserCredential | null | Error)[]) {
  const left = [...credentials];
  const due: { run: () => void; afterMs: number }[] = [];
  const opened: WireBrowserCredential[] = [];
  const renewed: WireBrowserCredential[] = [];
  const calls: FakeCall[] = [];
  let handlers: LineHandlers | undefined;
  const line: Line = {
    dial: (number) => {
      const call = new FakeCall(number);
      calls.push(call);
      return call;
    },
    renew: (credential) => void renewed.push(credential),
    reconnect: () => undefined,
    close: async () => undefined,
  };
  const phone = new BrowserPhone({
    mint: async () => {
      const next = left.shift();
      if (next instanceof Error || next === undefined) throw next ?? new Error('no more');
      return next;
    },
    openLine: (credential, told) => {
      opened.push(credential);
      handlers = told;
      return line;
    },
    nowMs: () => NOW_MS,
    later: (run, afterMs) => {
      const one = { run, afterMs };
      due.push(one);
      return () => void due.splice(due.indexOf(one), 1);
    },
    play: () => undefined,
  });
  const ring = (number: string): FakeCall => {
    const call = new FakeCall(number);
    calls.push(call);
    handlers?.onIncoming(call);
    return call;
  };
  const stages = () =>
    phone.current().calls.map(({ id, stage, isHeld }) => `${id} ${stage}${isHeld ? ' held' : ''}`);
  return {
    phone,
    due,
    opened,
    renewed,
    calls,
    ring,
    stages,
    tell: (state: Parameters<LineHandlers['onState']>[0]) => handlers?.onState(state),
  };
}

function credential(username = '101~a~b'): WireBrowserCredential {
  return {
    extension: {
      id: '0192f000-0000-7000-8000-000000000001',
      tenantId: '0192f000-0000-7000-8000-000000000002',
      number: '101',
      name: 'Dana',
    },
    domain: 'acme.test',
    country: 'DE',
    username,
    secret: 'secret',
    expiresAt: new Date(NOW_MS + 10 * MINUTE_MS).toISOString(),
    webSocketUrls: ['wss://192.0.2.1:7443'],
    iceServers: [],
  };
}

describe('the phone of a page', () => {
  it('goes on the line and renews its credentials before they end', async () => {
    const { phone, due, opened, renewed, tell } = phoneOf([credential(), credential('101~c~d')]);
    await phone.start();
    tell('ready');
    expect(phone.current()).toMatchObject({ line: 'ready', extension: { number: '101' } });
    expect(due.map(({ afterMs }) => afterMs)).toEqual([8 * MINUTE_MS]);
    due.shift()?.run();
    await Promise.resolve();
    await Promise.resolve();
    expect(opened).toHaveLength(1);
    expect(renewed.map(({ username }) => username)).toEqual(['101~c~d']);
  });

  it('tries again where nothing answers, and says that no extension is there', async () => {
    const { phone, due } = phoneOf([new Error('away'), null]);
    await phone.start();
    expect(phone.current().line).toBe('lost');
    expect(due).toHaveLength(1);
    due.shift()?.run();
    await Promise.resolve();
    await Promise.resolve();
    expect(phone.current().line).toBe('none');
  });

  it('holds whom it talks to before it calls or answers another, and swaps', async () => {
    const { phone, calls, ring, stages } = phoneOf([credential()]);
    await phone.start();
    await phone.dial('102');
    calls[0]?.handlers.rings();
    expect(stages()).toEqual(['to 102 ringing']);
    calls[0]?.handlers.answered();
    ring('103');
    await phone.answer('to 103');
    expect(stages()).toEqual(['to 102 talking held', 'to 103 talking']);
    expect(currentCall(phone.current().calls)?.id).toBe('to 103');
    await phone.hold('to 102', false);
    expect(stages()).toEqual(['to 102 talking', 'to 103 talking held']);
    await phone.join('to 103', 'to 102');
    expect(calls[1]?.did.at(-1)).toBe('join to 102');
  });

  it('takes no more calls than it can show', async () => {
    const { phone, ring, stages } = phoneOf([credential()]);
    await phone.start();
    for (let n = 0; n < MAX_CALLS; n += 1) ring(`20${n}`);
    const late = ring('299');
    expect(stages()).toHaveLength(MAX_CALLS);
    expect(late.did).toEqual([]);
    expect(await phone.dial('102')).toBe(false);
  });

  it('shows why a call ended, for a moment', async () => {
    const { phone, calls, due } = phoneOf([credential()]);
    await phone.start();
    await phone.dial('102');
    calls[0]?.handlers.ended('busy');
    expect(phone.current().calls).toMatchObject([{ stage: 'ended', endReason: 'busy' }]);
    calls[0]?.handlers.answered();
    expect(phone.current().calls[0]?.stage).toBe('ended');
    due.at(-1)?.run();
    expect(phone.current().calls).toEqual([]);
  });

  it('hangs up what stands when it leaves, and hears nothing of the old line any more', async () => {
    const { phone, calls, tell } = phoneOf([credential()]);
    await phone.start();
    await phone.dial('102');
    calls[0]?.handlers.answered();
    await phone.stop();
    tell('ready');
    expect(phone.current()).toMatchObject({ line: 'off', calls: [] });
  });
});

describe('what is heard in place of who is called', () => {
  async function called() {
    const made = phoneOf([credential()]);
    await made.phone.start();
    await made.phone.dial('102');
    const tone = () => toneFor(made.phone.current().calls);
    const handlers = made.calls[0]?.handlers;
    if (!handlers) throw new Error('nobody was called');
    return { ...made, tone, handlers };
  }

  it('is ringing until there is an answer', async () => {
    const { phone, tone, handlers } = await called();
    expect(phone.current().country).toBe('DE');
    expect(tone()).toBeNull();
    handlers.rings();
    expect(tone()).toBe('ringback');
    handlers.answered();
    expect(tone()).toBeNull();
    handlers.ended('hung_up');
    expect(tone()).toBeNull();
  });

  it.each([
    ['busy', 'busy'],
    ['declined', 'busy'],
    ['failed', 'congestion'],
    ['no_funds', 'congestion'],
    ['not_reachable', 'congestion'],
    ['no_answer', null],
  ] as const)('says %s by the tone %s', async (reason, tone) => {
    const { handlers, tone: heard, due } = await called();
    handlers.ended(reason);
    expect(heard()).toBe(tone);
    due.at(-1)?.run();
    expect(heard()).toBeNull();
  });

  it('is nothing of ours where the far side is heard: its ringing, or words why it came to nothing', async () => {
    const { tone, handlers } = await called();
    handlers.heardEarly();
    handlers.rings();
    expect(tone()).toBeNull();
    handlers.ended('no_funds');
    expect(tone()).toBeNull();
  });

  it('is nothing while somebody else is talked to, or calls', async () => {
    const { calls, ring, tone, phone, handlers } = await called();
    ring('103');
    await phone.answer('to 103');
    handlers.ended('busy');
    expect(tone()).toBeNull();
    await calls[1]?.end();
    expect(tone()).toBeNull();
  });
});

describe('the name of the other side', () => {
  it.each([
    ['Dana Ortiz', 'Dana Ortiz'],
    [' Łódź office ', 'Łódź office'],
    ['(202) 555-0101', null],
    ['101', null],
    ['', null],
    [undefined, null],
  ])('%s is shown as %s', (said, shown) => {
    expect(peerName(said)).toBe(shown);
  });
});

describe('why a call ended', () => {
  it.each([
    [486, 'busy'],
    [603, 'declined'],
    [480, 'no_answer'],
    [404, 'not_reachable'],
    [402, 'no_funds'],
    [500, 'failed'],
  ] as const)('%s is %s', (status, reason) => {
    expect(endReasonOf(status)).toBe(reason);
  });
});
