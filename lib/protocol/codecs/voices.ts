import { G711Decoder, G711Encoder } from './g711';
import { G722Decoder, G722Encoder } from './g722';
import { OpusDecoder, OpusEncoder } from './opus';
import type { SampleRateHz, VoiceDecoder, VoiceEncoder, VoiceName } from './voice-codec';

/** What is to be known of a voice on the wire and off it. */
interface VoiceFacts {
  /** Ticks of its RTP timestamps. G.722 counts 8,000 although it samples 16,000 (RFC 3551 §4.5.2). */
  readonly clockRateHz: number;
  /** Null = whatever is asked for. */
  readonly sampleRateHz: SampleRateHz | null;
}

const VOICES: Readonly<Record<VoiceName, VoiceFacts>> = {
  PCMU: { clockRateHz: 8_000, sampleRateHz: 8_000 },
  PCMA: { clockRateHz: 8_000, sampleRateHz: 8_000 },
  G722: { clockRateHz: 8_000, sampleRateHz: 16_000 },
  OPUS: { clockRateHz: 48_000, sampleRateHz: null },
};

/** The voice behind an RTP name and clock; null where it is none of ours. */
export function voiceNamed(name: string, clockRateHz: number): VoiceName | null {
  const upper = name.toUpperCase();
  const voice = upper in VOICES ? (upper as VoiceName) : null;
  return voice !== null && VOICES[voice].clockRateHz === clockRateHz ? voice : null;
}

/** The sample rate at which two voices meet: that of whichever has but one, the lower of two. */
export function meetingRateHz(from: VoiceName, to: VoiceName): SampleRateHz {
  const one = VOICES[from].sampleRateHz;
  const other = VOICES[to].sampleRateHz;
  if (one === null || other === null) return one ?? other ?? 16_000;
  return one === 8_000 || other === 8_000 ? 8_000 : 16_000;
}

/** A decoder of a voice. `wantedHz` counts only where the voice leaves a choice. */
export function decoderOf(voice: VoiceName, wantedHz: SampleRateHz): VoiceDecoder {
  switch (voice) {
    case 'PCMU':
    case 'PCMA':
      return new G711Decoder(voice);
    case 'G722':
      return new G722Decoder();
    case 'OPUS':
      return new OpusDecoder(wantedHz);
  }
}

/** An encoder of a voice. `wantedHz` counts only where the voice leaves a choice. */
export function encoderOf(voice: VoiceName, wantedHz: SampleRateHz): VoiceEncoder {
  switch (voice) {
    case 'PCMU':
    case 'PCMA':
      return new G711Encoder(voice);
    case 'G722':
      return new G722Encoder();
    case 'OPUS':
      return new OpusEncoder(wantedHz);
  }
}

/** Ticks a second of a voice's RTP timestamps. */
export function clockRateOf(voice: VoiceName): number {
  return VOICES[voice].clockRateHz;
}
