import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { silentLogger } from '@/lib/infra/log';
import { startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import type { LegDescription, MediaEngine, MediaEvent } from '@/lib/switch/media/engine';
import { startRtpengine } from '@/lib/switch/media/rtpengine/engine';
import { mediaWorkerLocation } from '@/lib/switch/media/worker-location';
import { Ear, portOf, rtp, type SdpFields, sdpOf, textOf } from '@/tests/unit/switch/media/phone';
import { hasPeer } from './peers.mjs';
import { Rtpengine } from './rtpengine';

export const LOCAL = '127.0.0.1';
export const CALL = '01939ab2-0000-7000-8000-000000000001';
export const OTHER_CALL = '01939ab2-0000-7000-8000-000000000002';
/** More than any packet takes through a relay on loopback. */
export const SETTLED_MS = 60;

/** A media engine, and what it stands on. */
interface Running {
  readonly media: MediaEngine;
  stop(): Promise<void>;
}

async function builtIn(): Promise<Running> {
  const media = await startBuiltInEngine({
    ...mediaWorkerLocation(),
    bindAddress: LOCAL,
    publicAddress: LOCAL,
    portMin: 26_000,
    portMax: 26_099,
    log: silentLogger,
  });
  return { media, stop: () => media.close() };
}

async function foreign(): Promise<Running> {
  const daemon = await Rtpengine.start({ portMin: 26_200, portMax: 26_599 });
  const media = await startRtpengine({ nodes: [daemon.place], log: silentLogger });
  return {
    media,
    stop: async () => {
      await media.close();
      await daemon.stop();
    },
  };
}

/** All media engines that carry media, of each whether this machine has it. */
export const ENGINES = [
  { name: 'the built-in relay', start: builtIn, isThere: true },
  { name: 'rtpengine', start: foreign, isThere: hasPeer('rtpengine') },
];

/** Calls of a media engine with phones that a test speaks for. */
export class EngineCalls {
  readonly events: MediaEvent[] = [];
  private readonly running: Running;
  private readonly ears: Ear[] = [];
  private sequence = 0;

  constructor(running: Running) {
    this.running = running;
  }

  get media(): MediaEngine {
    return this.running.media;
  }

  /** Ends what a test began; nothing of it may be left. */
  async tidy(): Promise<void> {
    for (const one of this.ears.splice(0)) one.close();
    this.events.length = 0;
    for (const call of [CALL, OTHER_CALL]) await this.media.delete(call);
    expect(await this.media.usage()).toMatchObject({ sessions: 0, legs: 0, portPairsInUse: 0 });
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  async ear(): Promise<Ear> {
    const opened = await Ear.open();
    this.ears.push(opened);
    return opened;
  }

  /** "a>b": what a says, for b. */
  saying(way: string, sdp: Buffer, more: Partial<LegDescription> = {}): LegDescription {
    const [fromLegId = '', toLegId = ''] = way.split('>');
    return { sessionId: CALL, fromLegId, toLegId, sdp, signallingAddress: LOCAL, ...more };
  }

  phone(of: Ear, fields: Partial<SdpFields> = {}): Buffer {
    return sdpOf({ port: of.port, ...fields });
  }

  open(sessionId = CALL, callerLegId = 'a'): void {
    const onEvent = (event: MediaEvent): void => void this.events.push(event);
    this.media.createSession({ sessionId, callerLegId, onEvent });
  }

  /** A caller and a callee who agreed; the gate is as it was. */
  async connected() {
    this.open();
    const [a, b] = [await this.ear(), await this.ear()];
    const toB = await this.media.offer(this.saying('a>b', this.phone(a)));
    const toA = await this.media.answer(this.saying('b>a', this.phone(b)));
    return { a, b, toA, toB };
  }

  async talking() {
    const call = await this.connected();
    await this.gateOpens();
    return call;
  }

  /** The gate opens, and that is in force. */
  async gateOpens(): Promise<void> {
    this.media.gate(CALL, 'open');
    await this.media.stats(CALL);
  }

  /** A packet of a voice, the next of its phone. */
  packet(from: Ear, text: string): Buffer {
    this.sequence += 1;
    return rtp({ sequence: this.sequence, ssrc: from.port, text });
  }

  async hears([from, at]: readonly [Ear, Buffer], to: Ear, text: string): Promise<void> {
    // A phone sends where it is told to.
    expect(at.toString()).toContain(`\r\nc=IN IP4 ${LOCAL}\r\n`);
    await from.send(this.packet(from, text), portOf(at));
    expect(textOf((await to.next()).packet)).toBe(text);
  }

  async isNotHeard([from, at]: readonly [Ear, Buffer], others: Ear[]): Promise<void> {
    await from.send(this.packet(from, 'psst'), portOf(at));
    await sleep(SETTLED_MS);
    expect(others.map(({ unread }) => unread)).toEqual(others.map(() => 0));
  }
}
