import { assert } from '@/lib/core/errors';
import { type OpusLibrary, opusLibrary } from './opus-library';
import { FRAME_MS, type SampleRateHz, type VoiceDecoder, type VoiceEncoder } from './voice-codec';

const MONO = 1;
/** OPUS_APPLICATION_VOIP and OPUS_SET_… of opus_defines.h. */
const FOR_SPEECH = 2048;
const SET_BITRATE = 4002;
const SET_COMPLEXITY = 4010;
/** Speech that nobody can tell from the original: mono, by sample rate (RFC 7587 §3.1.1). */
const BITRATES: Readonly<Record<SampleRateHz, number>> = {
  8000: 16_000,
  16000: 24_000,
  48000: 32_000,
};
/** Of 10. Above it the encoder takes more time for what a phone call does not show. */
const COMPLEXITY = 5;

/**
 * Decodes Opus to mono at the sample rate that is wanted: libopus does the rest, whatever the
 * sender's rate and channels.
 */
export class OpusDecoder implements VoiceDecoder {
  readonly sampleRateHz: SampleRateHz;
  private readonly opus: OpusLibrary;
  private pointer: number;

  constructor(sampleRateHz: SampleRateHz) {
    this.sampleRateHz = sampleRateHz;
    this.opus = opusLibrary();
    const { exports } = this.opus;
    this.pointer = this.opus.take(exports.opus_decoder_get_size(MONO));
    const error = exports.opus_decoder_init(this.pointer, sampleRateHz, MONO);
    assert(error === 0, 'libopus knows the sample rate');
  }

  decode(payload: Uint8Array, out: Int16Array): number {
    const { opus } = this;
    const { packet, packetPointer } = opus;
    if (payload.length === 0 || payload.length > packet.length) return 0;
    packet.set(payload);
    return this.run(out, { pointer: packetPointer, bytes: payload.length, isLostBefore: 0 });
  }

  conceal(out: Int16Array, next?: Uint8Array): void {
    const { packet, packetPointer } = this.opus;
    const hasNext = next !== undefined && next.length > 0 && next.length <= packet.length;
    if (hasNext) packet.set(next);
    const made = hasNext
      ? this.run(out, { pointer: packetPointer, bytes: next.length, isLostBefore: 1 })
      : this.run(out, { pointer: 0, bytes: 0, isLostBefore: 0 });
    out.fill(0, made);
  }

  close(): void {
    if (this.pointer !== 0) this.opus.giveBack(this.pointer);
    this.pointer = 0;
  }

  private run(
    out: Int16Array,
    source: { readonly pointer: number; readonly bytes: number; readonly isLostBefore: 0 | 1 },
  ): number {
    const { exports, pcmPointer } = this.opus;
    assert(this.pointer !== 0, 'a decoder that was closed decodes nothing');
    const { pointer, bytes, isLostBefore } = source;
    const samples = Math.min(out.length, this.opus.pcm.length);
    const rest = [bytes, pcmPointer, samples, isLostBefore] as const;
    const made = exports.opus_decode(this.pointer, pointer, ...rest);
    if (made <= 0) return 0;
    out.set(this.opus.pcm.subarray(0, made));
    return made;
  }
}

/** Encodes 20 ms of mono speech as an Opus packet. */
export class OpusEncoder implements VoiceEncoder {
  readonly sampleRateHz: SampleRateHz;
  private readonly opus: OpusLibrary;
  private readonly payload: Uint8Array;
  private pointer: number;

  constructor(sampleRateHz: SampleRateHz) {
    this.sampleRateHz = sampleRateHz;
    this.opus = opusLibrary();
    this.payload = new Uint8Array(this.opus.packet.length);
    const { exports } = this.opus;
    this.pointer = this.opus.take(exports.opus_encoder_get_size(MONO));
    const error = exports.opus_encoder_init(this.pointer, sampleRateHz, ...[MONO, FOR_SPEECH]);
    assert(error === 0, 'libopus knows the sample rate');
    exports.opus_encoder_ctl_set(this.pointer, SET_BITRATE, BITRATES[sampleRateHz]);
    exports.opus_encoder_ctl_set(this.pointer, SET_COMPLEXITY, COMPLEXITY);
  }

  encode(pcm: Int16Array): Uint8Array {
    const { exports, pcmPointer, packetPointer } = this.opus;
    assert(this.pointer !== 0, 'an encoder that was closed encodes nothing');
    assert(pcm.length === (this.sampleRateHz * FRAME_MS) / 1_000, 'Opus is given 20 ms at a time');
    this.opus.pcm.set(pcm);
    const rest = [pcm.length, packetPointer, this.opus.packet.length] as const;
    const bytes = Math.max(0, exports.opus_encode(this.pointer, pcmPointer, ...rest));
    this.payload.set(this.opus.packet.subarray(0, bytes));
    return this.payload.subarray(0, bytes);
  }

  close(): void {
    if (this.pointer !== 0) this.opus.giveBack(this.pointer);
    this.pointer = 0;
  }
}
