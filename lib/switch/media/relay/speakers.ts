import type { Playback } from '@/lib/switch/media/sound';
import { Cadence } from './cadence';
import type { Endpoint } from './endpoint';
import { type FromWorker, GATE_CLOSED } from './messages';
import { Speaker, spokenVoice } from './speaker';

export interface SpeakersOptions {
  readonly gates: Int32Array;
  readonly monotonicMs: () => number;
  readonly setTimer: (run: () => void, delayMs: number) => void;
  readonly randomBelow: (bound: number) => number;
  readonly emit: (message: FromWorker) => void;
  readonly onFault: (error: unknown) => void;
}

/** Who of a worker's legs is being played something, and the one timer that all of it goes by. */
export class Speakers {
  private readonly options: SpeakersOptions;
  private readonly speaking = new Set<Endpoint>();
  private readonly cadence: Cadence;

  constructor(options: SpeakersOptions) {
    this.options = options;
    const { monotonicMs, setTimer } = options;
    this.cadence = new Cadence({ monotonicMs, setTimer, onTick: () => this.tick() });
  }

  /** How many legs hear us. */
  get size(): number {
    return this.speaking.size;
  }

  /** Plays to a leg, in place of whatever is played to it. What it can't hear has ended at once. */
  play(endpoint: Endpoint, playbackId: number, playback: Playback): void {
    this.stop(endpoint);
    const { randomBelow } = this.options;
    const voice = spokenVoice(endpoint.config.types);
    if (voice === null && playback.sound.kind !== 'echo') {
      this.tellEnd(endpoint, playbackId);
      return;
    }
    endpoint.spliceFrom({
      ssrc: randomBelow(2 ** 32),
      sequence: randomBelow(2 ** 15),
      timestamp: randomBelow(2 ** 32),
      atMs: this.options.monotonicMs(),
    });
    if (voice === null || playback.sound.kind === 'echo') {
      endpoint.hearsItself = true;
      return;
    }
    const send = (packet: Uint8Array): void => {
      endpoint.deliver(packet);
    };
    endpoint.speaker = new Speaker({ playbackId, playback, voice, randomBelow, send });
    this.speaking.add(endpoint);
    this.cadence.start();
  }

  /** Plays no more to a leg; its peer is heard again. */
  stop(endpoint: Endpoint): void {
    endpoint.hearsItself = false;
    endpoint.speaker?.close();
    endpoint.speaker = null;
    this.speaking.delete(endpoint);
  }

  /** Something else was agreed with a leg: what it is played begins anew where its voice is another. */
  configured(endpoint: Endpoint): void {
    const { speaker } = endpoint;
    if (speaker === null) return;
    const voice = spokenVoice(endpoint.config.types);
    const { payloadType, voice: name } = speaker.voice;
    if (voice?.payloadType === payloadType && voice.voice === name) return;
    this.play(endpoint, speaker.playbackId, speaker.playback);
  }

  private tick(): boolean {
    for (const endpoint of this.speaking) {
      try {
        this.speak(endpoint);
      } catch (error) {
        // One leg's fault must not silence the others.
        this.options.onFault(error);
        this.end(endpoint);
      }
    }
    return this.speaking.size > 0;
  }

  private speak(endpoint: Endpoint): void {
    const gate = Atomics.load(this.options.gates, endpoint.gateSlot);
    const isHeard = gate !== GATE_CLOSED && endpoint.config.mayReceive;
    if (endpoint.speaker?.speak(isHeard) === false) this.end(endpoint);
  }

  private end(endpoint: Endpoint): void {
    const playbackId = endpoint.speaker?.playbackId;
    this.stop(endpoint);
    if (playbackId !== undefined) this.tellEnd(endpoint, playbackId);
  }

  private tellEnd({ id: endpointId, gateSlot }: Endpoint, playbackId: number): void {
    this.options.emit({ type: 'played', endpointId, gateSlot, playbackId });
  }
}
