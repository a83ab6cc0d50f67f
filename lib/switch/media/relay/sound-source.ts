import type { ToneStep } from '@/lib/core/network-tones';
import type { SampleRateHz } from '@/lib/protocol/codecs/voice-codec';
import { ZERO_DBM0 } from '@/lib/protocol/dtmf/tone-generator';
import type { Pcm, Playback, Sound } from '@/lib/switch/media/sound';

/** What is played, as samples. */
export interface SoundSource {
  readonly sampleRateHz: SampleRateHz;
  /** Fills the whole of `out`, with silence beyond the end; false once that was reached. */
  fill(out: Int16Array): boolean;
}

/** A tone that begins or ends at once clicks. */
const RAMP_MS = 4;
/** Of all frequencies together: a sine's peak over its root mean square. */
const CREST = Math.SQRT2;

/** A source of a playback for an encoder that would like samples at a rate; null for an echo. */
export function sourceOf({ sound, times }: Playback, wantedHz: SampleRateHz): SoundSource | null {
  if (sound.kind === 'echo') return null;
  const rounds = times ?? Number.POSITIVE_INFINITY;
  if (sound.kind === 'tone') return new ToneSource(sound, wantedHz, rounds);
  const fitting = sound.renditions.find(({ sampleRateHz }) => sampleRateHz === wantedHz);
  const pcm = fitting ?? sound.renditions[0];
  return pcm === undefined ? null : new PcmSource(pcm, rounds);
}

/** Samples from memory, joined to their own beginning where they go round. */
class PcmSource implements SoundSource {
  readonly sampleRateHz: SampleRateHz;
  private readonly samples: Int16Array;
  private rounds: number;
  private position = 0;

  constructor({ sampleRateHz, samples }: Pcm, rounds: number) {
    this.sampleRateHz = sampleRateHz;
    this.samples = new Int16Array(samples);
    this.rounds = this.samples.length === 0 ? 0 : rounds;
  }

  fill(out: Int16Array): boolean {
    let filled = 0;
    while (filled < out.length && this.rounds > 0) {
      const count = Math.min(out.length - filled, this.samples.length - this.position);
      out.set(this.samples.subarray(this.position, this.position + count), filled);
      filled += count;
      this.position += count;
      if (this.position < this.samples.length) continue;
      this.position = 0;
      this.rounds -= 1;
    }
    out.fill(0, filled);
    return this.rounds > 0;
  }
}

/** Sines that are on and off by a pattern. */
class ToneSource implements SoundSource {
  readonly sampleRateHz: SampleRateHz;
  private readonly steps: readonly ToneStep[];
  private readonly peakOfAll: number;
  private rounds: number;
  private step = 0;
  private position = 0;

  constructor(
    { steps, levelDbm0 }: Extract<Sound, { kind: 'tone' }>,
    sampleRateHz: SampleRateHz,
    rounds: number,
  ) {
    this.steps = steps;
    this.sampleRateHz = sampleRateHz;
    this.peakOfAll = CREST * ZERO_DBM0 * 10 ** (levelDbm0 / 20);
    this.rounds = steps.some(({ durationMs }) => durationMs > 0) ? rounds : 0;
  }

  fill(out: Int16Array): boolean {
    let filled = 0;
    while (filled < out.length && this.rounds > 0) {
      const step = this.steps[this.step];
      const length = Math.round(((step?.durationMs ?? 0) * this.sampleRateHz) / 1_000);
      const count = Math.min(out.length - filled, length - this.position);
      if (step) this.sound(step, length, out.subarray(filled, filled + count));
      filled += count;
      this.position += count;
      if (this.position < length) continue;
      this.position = 0;
      this.step = (this.step + 1) % this.steps.length;
      if (this.step === 0) this.rounds -= 1;
    }
    out.fill(0, filled);
    return this.rounds > 0;
  }

  private sound({ frequenciesHz }: ToneStep, length: number, out: Int16Array): void {
    out.fill(0);
    if (frequenciesHz.length === 0) return;
    const peak = this.peakOfAll / Math.sqrt(frequenciesHz.length);
    const ramp = (this.sampleRateHz * RAMP_MS) / 1_000;
    for (let index = 0; index < out.length; index += 1) {
      const at = this.position + index;
      const edge = Math.min(1, (at + 1) / ramp, (length - at) / ramp);
      let sample = 0;
      for (const hz of frequenciesHz) {
        sample += Math.sin((2 * Math.PI * hz * at) / this.sampleRateHz);
      }
      out[index] = Math.round(peak * edge * sample);
    }
  }
}
