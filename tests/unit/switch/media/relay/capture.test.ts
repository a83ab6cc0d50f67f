import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type CaptureRecord,
  CALLER as LEFT,
  CALLEE as RIGHT,
} from '@/lib/protocol/recording/capture-format';
import { captureHead, readCapture } from '@/lib/protocol/recording/read-capture';
import type { CaptureStep } from '@/lib/switch/media/relay/captures';
import { GATE_CLOSED } from '@/lib/switch/media/relay/messages';
import { MEDIA_SOCKET_KINDS } from '@/tests/support/media-sockets';
import { type Ear, rtp, textOf } from '@/tests/unit/switch/media/phone';
import { CALLEE, CALLER, RelayWorld } from './world';

describe.each(MEDIA_SOCKET_KINDS)('a captured call over $kind sockets', ({ openSocket }) => {
  let world: RelayWorld;
  let sent: number;

  beforeEach(() => {
    world = new RelayWorld(openSocket, 23_100);
    sent = 0;
  });

  afterEach(() => world.close());

  const step = (capture: CaptureStep): void =>
    void world.relay.handle({ type: 'capture', capture });

  const open = (captureId: string): void =>
    step({
      step: 'open',
      start: { captureId, path: captureId, head: captureHead('{}'), key: null },
    });

  const both = [
    { endpointId: CALLER, side: LEFT },
    { endpointId: CALLEE, side: RIGHT },
  ];

  async function say(from: Ear, port: number, text: string): Promise<void> {
    sent += 1;
    await from.send(rtp({ sequence: sent, ssrc: from.port, text }), port);
    while (world.arrived < sent) await new Promise((resolve) => setImmediate(resolve));
  }

  async function kept(captureId: string): Promise<CaptureRecord[]> {
    async function* source() {
      yield world.disk.files.get(captureId) ?? Buffer.alloc(0);
    }
    const records: CaptureRecord[] = [];
    for await (const one of readCapture(source(), null)) records.push(one);
    return records;
  }

  const textsOf = (records: readonly CaptureRecord[], side: 0 | 1): string[] =>
    records.flatMap((one) =>
      one.kind === 'packet' && one.side === side ? [textOf(Buffer.from(one.packet))] : [],
    );

  test('has what each leg says on its side, by its own numbers; the peer hears it as ever', async () => {
    const { a, b, toA, toB } = await world.call();
    world.agree(CALLER, a, { renumber: [[8, 0]] });
    open('one');
    step({ step: 'place', captureId: 'one', sides: both });
    await say(a, toA, 'from a');
    await say(b, toB, 'from b');
    step({ step: 'end', captureId: 'one', isKept: true });
    await say(a, toA, 'too late');
    const records = await kept('one');
    expect(textsOf(records, LEFT)).toEqual(['from a']);
    expect(textsOf(records, RIGHT)).toEqual(['from b']);
    expect(records.slice(0, 2)).toMatchObject([
      { kind: 'types', side: LEFT, types: [{ name: 'PCMA/8000' }] },
      { kind: 'types', side: RIGHT },
    ]);
    const first = records.find((one) => one.kind === 'packet');
    expect(first?.kind === 'packet' && first.packet[1]).toBe(8);
    expect((await b.next()).packet[1]).toBe(0);
    expect(world.told.at(-1)).toMatchObject({ type: 'captured', end: { captureId: 'one' } });
  });

  test('has whoever takes a place from then on, and nobody after the end', async () => {
    const { a, b, toA, toB } = await world.call();
    open('one');
    step({ step: 'place', captureId: 'one', sides: both });
    await say(b, toB, 'first');
    step({ step: 'place', captureId: 'one', sides: [{ endpointId: CALLER, side: RIGHT }] });
    await say(b, toB, 'left');
    await say(a, toA, 'second');
    step({ step: 'end', captureId: 'one', isKept: true });
    expect(textsOf(await kept('one'), RIGHT)).toEqual(['first', 'second']);
  });

  test('is kept for two who want it, each with pauses of its own', async () => {
    const { a, toA } = await world.call();
    for (const captureId of ['one', 'two']) {
      open(captureId);
      step({ step: 'place', captureId, sides: both });
    }
    await say(a, toA, '1');
    step({ step: 'pause', captureId: 'one', backMs: 0 });
    await say(a, toA, '2');
    step({ step: 'end', captureId: 'two', isKept: true });
    step({ step: 'resume', captureId: 'one', afterMs: 0 });
    await say(a, toA, '3');
    step({ step: 'end', captureId: 'one', isKept: true });
    expect(textsOf(await kept('one'), LEFT)).toEqual(['1', '3']);
    expect(textsOf(await kept('two'), LEFT)).toEqual(['1', '2']);
  });

  test('learns what payload types mean when they change', async () => {
    const { a } = await world.call();
    open('one');
    step({ step: 'place', captureId: 'one', sides: both });
    const types = [{ payloadType: 9, name: 'G722/8000', clockRateHz: 8_000 }];
    world.agree(CALLER, a, { types });
    step({ step: 'end', captureId: 'one', isKept: true });
    expect(await kept('one')).toContainEqual({ kind: 'types', atMs: 0, side: LEFT, types });
  });

  test('hears what a closed gate lets nobody else hear, and no stranger', async () => {
    const { a, toA } = await world.call();
    const stranger = await world.ear();
    open('one');
    step({ step: 'place', captureId: 'one', sides: both });
    await say(a, toA, 'own');
    await say(stranger, toA, 'strange');
    world.gates[0] = GATE_CLOSED;
    await say(a, toA, 'own too');
    step({ step: 'end', captureId: 'one', isKept: true });
    expect(textsOf(await kept('one'), LEFT)).toEqual(['own', 'own too']);
  });

  test('does no harm by what is not there any more', async () => {
    step({ step: 'pause', captureId: 'nowhere', backMs: 0 });
    open('one');
    step({ step: 'place', captureId: 'one', sides: [{ endpointId: 99, side: LEFT }] });
    step({ step: 'end', captureId: 'one', isKept: false });
    expect(world.disk.files.size).toBe(0);
  });
});
