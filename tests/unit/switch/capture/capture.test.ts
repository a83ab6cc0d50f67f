import { describe, expect, it } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { ManualTimers } from '@/lib/protocol/sip/timers';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { CallFacts, LegFacts } from '@/lib/services/charging/types';
import type { CallTrace } from '@/lib/services/traces/types';
import { Capture, type FollowedCall } from '@/lib/switch/capture/capture';
import { SwitchDirectory } from '@/lib/switch/directory/directory';
import { extensionOf, tenantOf } from '@/tests/unit/switch/directory/objects';

const flow = (address: string): Flow => ({
  transport: 'udp',
  local: { address: '127.0.0.1', port: 5060 },
  remote: { address, port: 5060 },
});
const invite = (callId: string): Buffer =>
  Buffer.from(
    `INVITE sip:102@acme.test SIP/2.0\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\nAuthorization: Digest response="secret"\r\n\r\n`,
  );
const bye = (callId: string): Buffer =>
  Buffer.from(`BYE sip:102@acme.test SIP/2.0\r\ni:${callId}\r\nCSeq: 2 BYE\r\n\r\n`);

const leg = (seq: number, sipCallId: string, extensionId: string | null): LegFacts => ({
  seq,
  sipCallId,
  extensionId,
  trunkId: extensionId === null ? 'trunk' : null,
  target: 'sip:102@acme.test',
  address: '192.0.2.1',
  transport: 'udp',
  startedAtMs: 0,
  ringingAtMs: null,
  answeredAtMs: null,
});

function world(captures: { acme?: number; birch?: number }) {
  const directory = new SwitchDirectory();
  for (const name of ['acme', 'birch'] as const) {
    const captureDays = captures[name] ?? null;
    directory.put({ kind: 'tenant', record: tenantOf(name, { captureDays }) });
    directory.put({ kind: 'extension', record: extensionOf(`${name} 101`, name, '101') });
    directory.put({ kind: 'extension', record: extensionOf(`${name} 102`, name, '102') });
  }
  const timers = new ManualTimers();
  const clock = new ManualClock();
  const traces: CallTrace[] = [];
  const sent: string[] = [];
  const capture = new Capture({
    directory,
    clock,
    timers,
    writer: { add: (trace) => traces.push(trace), close: async () => undefined },
  });
  capture.refresh();
  const out = capture.around({ send: (bytes) => sent.push(bytes.toString()) > 0 });
  const hear = (bytes: Buffer, address: string) =>
    capture.received([{ bytes, flow: flow(address) }]);
  const say = (bytes: Buffer, address: string) => out.send(bytes, flow(address));
  return { directory, capture, timers, traces, sent, hear, say, clock };
}

/** From acme's 101 to birch's 102, each leg a dialog of its own. */
const call = (legs: readonly LegFacts[]): FollowedCall => ({
  callId: 'call',
  facts: { tenantId: 'acme', peerTenantId: 'birch', startedAtMs: 5 } as unknown as CallFacts,
  legs,
});
const ACROSS = call([leg(0, 'one@phone', 'acme 101'), leg(1, 'two@switch', 'birch 102')]);

describe('the capture', () => {
  it('keeps nothing at all while no tenant asked for it', () => {
    const { capture, hear, say, sent } = world({});
    hear(invite('one@phone'), '192.0.2.1');
    say(invite('two@switch'), '192.0.2.2');
    capture.ended(ACROSS);
    expect(sent).toHaveLength(1);
    expect(capture.figures).toEqual({ bytes: 0, dialogs: 0, dropped: 0 });
  });

  it('keeps the legs of those who asked, not those of who is on the other side', () => {
    const { capture, hear, say, timers, traces } = world({ acme: 3 });
    hear(invite('one@phone'), '192.0.2.1');
    say(invite('two@switch'), '192.0.2.2');
    capture.held({ ...ACROSS, legs: ACROSS.legs.slice(0, 1) });
    hear(bye('one@phone'), '192.0.2.1');
    say(bye('two@switch'), '192.0.2.2');
    capture.ended(ACROSS);
    expect(traces).toEqual([]);
    timers.advance(3_000);
    expect(traces).toHaveLength(1);
    expect(traces[0]).toMatchObject({ callId: 'call', accountId: 'account of acme' });
    expect(traces[0]?.messages.map(({ leg: of, direction }) => [of, direction])).toEqual([
      [0, 'in'],
      [0, 'in'],
    ]);
    expect(JSON.stringify(traces)).not.toContain('secret');
  });

  it('gives each account its own side where both asked', () => {
    const { capture, hear, say, timers, traces } = world({ acme: 3, birch: 9 });
    hear(invite('one@phone'), '192.0.2.1');
    say(invite('two@switch'), '192.0.2.2');
    capture.ended(ACROSS);
    timers.advance(3_000);
    const sides = traces.map(({ accountId, messages }) => [accountId, messages.length]);
    expect(sides).toEqual([
      ['account of acme', 1],
      ['account of birch', 1],
    ]);
    const [acme, birch] = traces;
    expect((birch?.expiresAtMs ?? 0) - (acme?.expiresAtMs ?? 0)).toBe(6 * 24 * 3_600_000);
  });

  it('marks the legs of carriers, which go with the call’s own tenant', () => {
    const { capture, say, timers, traces } = world({ acme: 3 });
    say(invite('to@carrier'), '198.51.100.1');
    capture.ended(call([leg(1, 'to@carrier', null)]));
    timers.advance(3_000);
    expect(traces[0]?.messages[0]).toMatchObject({ isCarrier: true, direction: 'out' });
  });

  it('waits for the last answers before it hands a call on', () => {
    const { capture, hear, timers, traces } = world({ acme: 3 });
    hear(invite('one@phone'), '192.0.2.1');
    capture.ended(ACROSS);
    timers.advance(1_000);
    hear(bye('one@phone'), '192.0.2.1');
    timers.advance(2_000);
    expect(traces[0]?.messages).toHaveLength(2);
    expect(capture.figures.bytes).toBe(0);
  });

  it('shows a running call, and writes what it has when the switch stops', async () => {
    const { capture, hear, traces } = world({ acme: 3 });
    hear(invite('one@phone'), '192.0.2.1');
    capture.follow(ACROSS);
    expect(capture.live('call')).toMatchObject([{ accountId: 'account of acme' }]);
    capture.ended(ACROSS);
    await capture.close();
    expect(traces).toHaveLength(1);
  });

  it.each(['the first call', 'the forward'])(
    'keeps a leg that a forward takes over for both, for it from its beginning (%s is heard of first)',
    (first) => {
      const { capture, hear, say, timers, traces, clock } = world({ acme: 3 });
      hear(invite('one@phone'), '192.0.2.1');
      // A call that is free is told of late: nothing is reserved for it.
      if (first === 'the first call') capture.held(call([leg(0, 'one@phone', 'acme 101')]));
      clock.advance(1_000);
      const forward: FollowedCall = {
        ...call([leg(0, 'one@phone', 'acme 101'), leg(1, 'to@carrier', null)]),
        callId: 'forward',
        facts: {
          tenantId: 'acme',
          startedAtMs: clock.nowMs(),
          link: { callId: 'call', kind: 'forward' },
        } as unknown as CallFacts,
      };
      say(invite('to@carrier'), '198.51.100.1');
      capture.follow(forward);
      capture.follow(call([leg(0, 'one@phone', 'acme 101')]));
      clock.advance(1_000);
      hear(bye('one@phone'), '192.0.2.1');
      capture.ended(forward);
      timers.advance(3_000);
      // The caller went on in the call that it began with.
      hear(bye('one@phone'), '192.0.2.1');
      capture.ended(call([leg(0, 'one@phone', 'acme 101')]));
      timers.advance(3_000);
      const kept = traces.map(({ callId, messages }) => [
        callId,
        messages.map(({ leg: of, text }) => `${of} ${text.split(' ')[0]}`),
      ]);
      expect(kept).toEqual([
        ['forward', ['1 INVITE', '0 BYE']],
        ['call', ['0 INVITE', '0 BYE', '0 BYE']],
      ]);
      expect(capture.figures).toEqual({ bytes: 0, dialogs: 0, dropped: 0 });
    },
  );

  it('shares no leg with a call of another tenant', () => {
    const { capture, hear, timers, traces } = world({ acme: 3, birch: 3 });
    hear(invite('carrier@in'), '198.51.100.1');
    const inbound = call([leg(0, 'carrier@in', null)]);
    capture.held(inbound);
    const theirs: FollowedCall = {
      callId: 'theirs',
      facts: { tenantId: 'birch', startedAtMs: 5 } as unknown as CallFacts,
      legs: [leg(0, 'carrier@in', null)],
    };
    capture.ended(theirs);
    capture.ended(inbound);
    timers.advance(3_000);
    expect(traces.map(({ callId }) => callId)).toEqual(['call']);
  });

  it('forgets everything when the last tenant no longer wants it', () => {
    const { capture, directory, hear } = world({ acme: 3 });
    hear(invite('one@phone'), '192.0.2.1');
    directory.put({ kind: 'tenant', record: tenantOf('acme', { captureDays: null }) });
    capture.refresh();
    expect(capture.figures).toMatchObject({ bytes: 0, dialogs: 0 });
    expect(capture.isOn).toBe(false);
  });
});
