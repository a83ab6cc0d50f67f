/** Voices that we can decode and encode, by their RTP names in capitals. */
export type VoiceName = 'PCMU' | 'PCMA' | 'G722' | 'OPUS';

/** Sample rates at which voices are decoded; what an RTP clock says is another matter (G.722). */
export type SampleRateHz = 8_000 | 16_000 | 48_000;

/** The longest packet that any of the voices may have (RFC 6716 §3.2.5). */
export const MAX_PACKET_MS = 120;

/**
 * Turns the payloads of one stream into mono samples, in order. What is decoded depends on what
 * came before, so a stream has a decoder of its own from its first packet to its last.
 */
export interface VoiceDecoder {
  readonly sampleRateHz: SampleRateHz;
  /**
   * Writes the samples of a payload to the start of `out` and returns how many they are; what has
   * no room is left out. 0 = the payload is none of this codec.
   */
  decode(payload: Uint8Array, out: Int16Array): number;
  /**
   * Fills the whole of `out` with what a lost packet may have held. `next`: the payload after it,
   * which with Opus may hold a copy of the lost one (RFC 6716 §2.1.7).
   */
  conceal(out: Int16Array, next?: Uint8Array): void;
  /** Frees what it holds outside the heap; it is of no use afterwards. */
  close(): void;
}

/** Turns mono samples into the payloads of one stream, in order. */
export interface VoiceEncoder {
  readonly sampleRateHz: SampleRateHz;
  /** The payload of 20 ms of samples. It is overwritten by the next call. */
  encode(pcm: Int16Array): Uint8Array;
  /** Frees what it holds outside the heap; it is of no use afterwards. */
  close(): void;
}

/** What an encoder takes at a time. */
export const FRAME_MS = 20;
