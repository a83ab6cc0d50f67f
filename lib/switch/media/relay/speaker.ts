import { Resampler } from '@/lib/protocol/codecs/resampler';
import { FRAME_MS, type SampleRateHz, type VoiceEncoder } from '@/lib/protocol/codecs/voice-codec';
import { clockRateOf, encoderOf, voiceNamed } from '@/lib/protocol/codecs/voices';
import type { Playback } from '@/lib/switch/media/sound';
import type { TypeMeaning } from './messages';
import { PathOutput, type PathOutputOptions } from './path-output';
import type { PlannedVoice } from './path-plan';
import { type SoundSource, sourceOf } from './sound-source';

/** What Opus is encoded from: speech and music of a telephone have no more in them. */
const OPUS_RATE_HZ: SampleRateHz = 16_000;
const MAX_FRAME_SAMPLES = (48_000 * FRAME_MS) / 1_000;

/** What is filled and resampled at a time, by whichever speaker speaks. */
const played = new Int16Array(MAX_FRAME_SAMPLES);
const resampled = new Int16Array(MAX_FRAME_SAMPLES);

/** What a leg is spoken to in: the first voice of ours among its types; null where there is none. */
export function spokenVoice(types: readonly TypeMeaning[]): PlannedVoice | null {
  for (const { payloadType, name, clockRateHz } of types) {
    const voice = voiceNamed(name.split('/')[0] ?? '', clockRateHz);
    if (voice !== null) return { payloadType, voice };
  }
  return null;
}

export interface SpeakerOptions extends PathOutputOptions {
  readonly playbackId: number;
  readonly playback: Playback;
  readonly voice: PlannedVoice;
}

/** Something of ours on its way to one leg: a stream with SSRC, sequence and timestamps of its own. */
export class Speaker {
  readonly playbackId: number;
  readonly playback: Playback;
  readonly voice: PlannedVoice;
  private readonly output: PathOutput;
  private readonly encoder: VoiceEncoder;
  private readonly source: SoundSource | null;
  /** Null where the sound has the encoder's rate. */
  private readonly resampler: Resampler | null;
  private readonly ticksAFrame: number;
  private waitMs: number;

  constructor(options: SpeakerOptions) {
    const { playback, voice } = options;
    this.playbackId = options.playbackId;
    this.playback = playback;
    this.voice = voice;
    this.output = new PathOutput(options);
    this.encoder = encoderOf(voice.voice, OPUS_RATE_HZ);
    this.ticksAFrame = (clockRateOf(voice.voice) * FRAME_MS) / 1_000;
    this.source = sourceOf(playback, this.encoder.sampleRateHz);
    const fromHz = this.source?.sampleRateHz ?? this.encoder.sampleRateHz;
    const toHz = this.encoder.sampleRateHz;
    this.resampler = fromHz === toHz ? null : new Resampler(fromHz, toHz);
    this.waitMs = playback.afterMs ?? 0;
  }

  /** Says the next 20 ms, or lets them pass where nobody may hear them; false once it has ended. */
  speak(isHeard: boolean): boolean {
    const { source, encoder, output, ticksAFrame } = this;
    if (this.waitMs > 0) {
      this.waitMs -= FRAME_MS;
      output.pause(ticksAFrame);
      return true;
    }
    if (source === null) return false;
    const frame = played.subarray(0, (source.sampleRateHz * FRAME_MS) / 1_000);
    const goesOn = source.fill(frame);
    if (isHeard) {
      const pcm = this.atRate(frame);
      output.voice(this.voice.payloadType, encoder.encode(pcm), ticksAFrame);
    } else output.pause(ticksAFrame);
    return goesOn;
  }

  /** Frees what the encoder holds. */
  close(): void {
    this.encoder.close();
  }

  private atRate(frame: Int16Array): Int16Array {
    if (this.resampler === null) return frame;
    const count = this.resampler.process(frame, resampled);
    return resampled.subarray(0, count);
  }
}
