import { Resampler } from '@/lib/protocol/codecs/resampler';
import { FRAME_MS, MAX_PACKET_MS, type VoiceDecoder } from '@/lib/protocol/codecs/voice-codec';
import { clockRateOf, decoderOf } from '@/lib/protocol/codecs/voices';
import { parseRtp, type RtpHeader } from '@/lib/protocol/rtp/header';
import type { CapturedType } from './capture-format';
import { type RecordingRateHz, voiceOfType } from './survey';

const SEQUENCES = 65_536;
/** A jump that is larger is a new beginning (RFC 3550 A.1). */
const MAX_DROPOUT = 3_000;
/** Packets wait so long for one that comes late … */
const MAX_WAIT_MS = 200;
/** … and not more of them than that time holds of the shortest. */
const MAX_HELD = 40;
/** What is missing is made up for so long; beyond it there is a pause. */
const MAX_CONCEALED_MS = 60;
/** Whose timestamps say another time than its packets' coming by more than this has begun anew. */
const MAX_ASTRAY_MS = 300;
/** A sender's clock is compared with ours so often … */
const DRIFT_WINDOW_MS = 2_000;
/** … and set right where it is off by more than a packet. */
const MAX_DRIFT_MS = 20;

const decoded = new Int16Array((48_000 * MAX_PACKET_MS) / 1_000);
const resampled = new Int16Array(decoded.length);

interface Held {
  readonly header: RtpHeader;
  readonly packet: Uint8Array;
  readonly atMs: number;
}

interface Source {
  readonly type: CapturedType;
  readonly decoder: VoiceDecoder;
  readonly resampler: Resampler | null;
  readonly clockRateHz: number;
}

export interface VoiceTrackOptions {
  readonly rateHz: RecordingRateHz;
  /** Takes samples and where they belong, in samples since the capture began. */
  readonly write: (at: number, pcm: Int16Array) => void;
}

/**
 * One side of a call on its way from packets to samples in their places: brought into order, decoded,
 * and put where their timestamps say, which is where they were said; their coming only anchors them. A
 * new SSRC, another codec or another person on that side begins anew where it comes.
 */
export class VoiceTrack {
  private readonly options: VoiceTrackOptions;
  private types: readonly CapturedType[] = [];
  private source: Source | null = null;
  private ssrc: number | null = null;
  private next = 0;
  /** By sequence, the first first. */
  private held: Held[] = [];
  /** The leg's next sample: by its timestamps, and its place. Null: whatever comes is the first. */
  private expected: { timestamp: number; place: number } | null = null;
  private leastLateMs = Number.POSITIVE_INFINITY;
  private driftFromMs = 0;

  constructor(options: VoiceTrackOptions) {
    this.options = options;
  }

  /** What the side's payload types mean from here on. */
  learn(types: readonly CapturedType[]): void {
    this.flush();
    this.types = types;
  }

  /** Takes a packet of the side that came at a time of the capture; what is none is left out. */
  take(packet: Uint8Array, atMs: number): void {
    const parsed = parseRtp(packet);
    if (!parsed.ok) return;
    const { header } = parsed;
    const ahead = aheadOf(header.sequence, this.next);
    if (header.ssrc !== this.ssrc || Math.abs(ahead) > MAX_DROPOUT) this.begin(header);
    else if (ahead < 0) return;
    this.hold({ header, packet, atMs });
    this.drain(atMs);
  }

  /** Nothing that is still missing will come. */
  flush(): void {
    while (this.held.length > 0) this.playFirst();
  }

  /** Frees what the decoder holds. */
  close(): void {
    this.source?.decoder.close();
    this.source = null;
  }

  private begin({ ssrc, sequence }: RtpHeader): void {
    this.flush();
    this.ssrc = ssrc;
    this.next = sequence;
    this.expected = null;
  }

  private hold(one: Held): void {
    const { held } = this;
    const ahead = aheadOf(one.header.sequence, this.next);
    let place = held.length;
    while (place > 0) {
      const before = aheadOf(held[place - 1]?.header.sequence ?? 0, this.next);
      if (before === ahead) return;
      if (before < ahead) break;
      place -= 1;
    }
    held.splice(place, 0, one);
  }

  private drain(nowMs: number): void {
    for (let first = this.held[0]; first !== undefined; first = this.held[0]) {
      const isNext = first.header.sequence === this.next;
      const isOverdue = nowMs - first.atMs > MAX_WAIT_MS || this.held.length > MAX_HELD;
      if (!isNext && !isOverdue) return;
      this.playFirst();
    }
  }

  private playFirst(): void {
    const first = this.held.shift();
    if (first === undefined) return;
    const { payloadType, sequence } = first.header;
    const lost = aheadOf(sequence, this.next);
    this.next = (sequence + 1) % SEQUENCES;
    const type = this.types.find((one) => one.payloadType === payloadType);
    const source = type && this.sourceOf(type);
    // Keys, comfort noise, and what was never agreed: no sound of a voice.
    if (source) this.play(source, first, lost);
  }

  private play(source: Source, { header, packet, atMs }: Held, lost: number): void {
    const payload = packet.subarray(header.payloadStart, header.payloadEnd);
    const place = this.placeOf(source, header.timestamp, atMs);
    if (lost > 0 && this.expected !== null) this.conceal(source, place, payload);
    const { rateHz } = this.options;
    const { sampleRateHz } = source.decoder;
    const count = source.decoder.decode(payload, decoded);
    this.write(source, place, decoded.subarray(0, count));
    this.expected = {
      timestamp: (header.timestamp + (count * source.clockRateHz) / sampleRateHz) >>> 0,
      place: place + (count * rateHz) / sampleRateHz,
    };
  }

  /** Where a packet's first sample belongs. */
  private placeOf({ clockRateHz }: Source, timestamp: number, atMs: number): number {
    const { rateHz } = this.options;
    const arrived = Math.round((atMs * rateHz) / 1_000);
    const { expected } = this;
    if (expected === null) return this.anchor(arrived, atMs);
    // Signed: some count their timestamps loosely.
    const ticks = (timestamp - expected.timestamp) | 0;
    const place = Math.round(expected.place + (ticks * rateHz) / clockRateHz);
    const lateMs = ((arrived - place) * 1_000) / rateHz;
    if (Math.abs(lateMs) > MAX_ASTRAY_MS) {
      this.expected = null;
      return this.anchor(arrived, atMs);
    }
    return Math.max(0, place + this.driftOf(lateMs, atMs));
  }

  private anchor(place: number, atMs: number): number {
    this.leastLateMs = Number.POSITIVE_INFINITY;
    this.driftFromMs = atMs;
    return place;
  }

  /**
   * Samples by which a stream has to move. The least late packet of a while was not held up on its
   * way, so what it is off by is the clock's, or the first packet's that anchored all others.
   */
  private driftOf(lateMs: number, atMs: number): number {
    this.leastLateMs = Math.min(this.leastLateMs, lateMs);
    if (atMs - this.driftFromMs < DRIFT_WINDOW_MS) return 0;
    const offMs = this.leastLateMs;
    this.anchor(0, atMs);
    return Math.abs(offMs) > MAX_DRIFT_MS ? Math.round((offMs * this.options.rateHz) / 1_000) : 0;
  }

  private conceal(source: Source, place: number, next: Uint8Array): void {
    const { rateHz } = this.options;
    const { decoder } = source;
    const from = this.expected?.place ?? place;
    const gapMs = ((place - from) * 1_000) / rateHz;
    const concealedMs = Math.min(gapMs, MAX_CONCEALED_MS);
    for (let doneMs = 0; doneMs < concealedMs; doneMs += FRAME_MS) {
      const pieceMs = Math.min(FRAME_MS, concealedMs - doneMs);
      const piece = decoded.subarray(0, Math.round((decoder.sampleRateHz * pieceMs) / 1_000));
      decoder.conceal(piece, doneMs + FRAME_MS >= gapMs ? next : undefined);
      this.write(source, from + Math.round((doneMs * rateHz) / 1_000), piece);
    }
  }

  private write(source: Source, place: number, pcm: Int16Array): void {
    if (pcm.length === 0) return;
    const count = source.resampler?.process(pcm, resampled);
    this.options.write(place, count === undefined ? pcm : resampled.subarray(0, count));
  }

  private sourceOf(type: CapturedType): Source | null {
    const known = this.source?.type;
    if (known?.payloadType === type.payloadType && known.name === type.name) return this.source;
    const voice = voiceOfType(type);
    if (voice === null) return null;
    this.source?.decoder.close();
    const { rateHz } = this.options;
    const decoder = decoderOf(voice, rateHz);
    const isSame = decoder.sampleRateHz === rateHz;
    const resampler = isSame ? null : new Resampler(decoder.sampleRateHz, rateHz);
    this.source = { type, decoder, resampler, clockRateHz: clockRateOf(voice) };
    // Another clock counts otherwise.
    this.expected = null;
    return this.source;
  }
}

/** How far a sequence number is ahead of another; negative where it lies behind (RFC 3550 A.1). */
function aheadOf(sequence: number, other: number): number {
  const ahead = (sequence - other + SEQUENCES) % SEQUENCES;
  return ahead >= SEQUENCES / 2 ? ahead - SEQUENCES : ahead;
}
