import { Resampler } from '@/lib/protocol/codecs/resampler';
import {
  FRAME_MS,
  MAX_PACKET_MS,
  type VoiceDecoder,
  type VoiceEncoder,
} from '@/lib/protocol/codecs/voice-codec';
import { clockRateOf, decoderOf, encoderOf, meetingRateHz } from '@/lib/protocol/codecs/voices';
import { type Digit, eventOfDigit } from '@/lib/protocol/dtmf/digits';
import {
  END_PACKETS,
  MAX_EVENT_TICKS,
  type TelephoneEvent,
  USUAL_VOLUME,
} from '@/lib/protocol/dtmf/telephone-event';
import { ToneDetector } from '@/lib/protocol/dtmf/tone-detector';
import { ToneGenerator } from '@/lib/protocol/dtmf/tone-generator';
import { parseRtp, type RtpHeader } from '@/lib/protocol/rtp/header';
import { type KeyPacket, KeySender } from './path-keys';
import { type Order, PacketOrder } from './path-order';
import { PathOutput, type PathOutputOptions } from './path-output';
import type { PlannedVoice, VoicePlan } from './path-plan';
import type { StreamPlace } from './splice';

/** What is missing is made up for so long; beyond it there is a pause. */
const MAX_CONCEALED_MS = 60;
/** A pause that is longer than any: the sender numbers anew. */
const MAX_PAUSE_MS = 60_000;
/** A key sounds at least so long, however briefly it was pressed (Q.24: 40 ms must be known). */
const LEAST_TONE_MS = 60;
/**
 * A voice has 50 frames a second; four times that is no voice. Packets may hold six frames each, so a
 * bound on packets alone would let one leg take a whole core.
 */
const MAX_FRAMES_PER_SECOND = 200;
/** So much of a tone is made for one packet: they come every 50 ms at the most (RFC 4733 §2.5.1.2). */
const MAX_TONE_AT_ONCE_MS = 200;
/** So many packets of sound without a word of the key: its end was lost. */
const SOUND_AFTER_KEY = 5;
const HALF = 2 ** 31;

/** What is decoded or resampled at a time, by whichever path is at work. */
const decoded = new Int16Array((48_000 * MAX_PACKET_MS) / 1_000);
const resampled = new Int16Array(decoded.length);
const tonePiece = new Int16Array((48_000 * FRAME_MS) / 1_000);

interface Source {
  readonly type: PlannedVoice;
  readonly decoder: VoiceDecoder;
  /** Null where decoder and encoder run at the same rate. */
  readonly resampler: Resampler | null;
  readonly clockRateHz: number;
}

export interface VoicePathOptions extends PathOutputOptions {
  readonly plan: VoicePlan;
  /** A key was found in the sound. */
  readonly onDigit: (digit: Digit) => void;
}

/**
 * What becomes of a leg's packets on their way to a peer that speaks otherwise: decoded, resampled,
 * cut into 20 ms and encoded, as a stream of our own. Nothing waits: late packets are left out, up
 * to 60 ms of missing sound is made up, and longer pauses stay pauses. Keys become what the peer
 * takes: events in its clock, or tones.
 */
export class VoicePath {
  readonly plan: VoicePlan;
  private readonly options: VoicePathOptions;
  private readonly output: PathOutput;
  private readonly order = new PacketOrder();
  private readonly ticksAFrame: number;
  private readonly toClockHz: number;
  private readonly sender: KeySender | null;
  private source: Source | null = null;
  private encoder: VoiceEncoder | null = null;
  private detector: ToneDetector | null = null;
  private tones: ToneGenerator | null = null;
  /** Samples for the encoder that are no whole frame yet. */
  private frame = new Int16Array(0);
  private filled = 0;
  /** Timestamp of the leg's next sample, by its own count. */
  private expected: number | null = null;
  private eventTimestamp = 0;
  private fullSegments = 0;
  private toneSamples = 0;
  private soundSinceKey = SOUND_AFTER_KEY;
  /** Frames of sound that a key takes the place of: nothing is sent, or its tone. */
  private framesOfKey = 0;
  /** Frames that may still be made in this second. */
  private budget = MAX_FRAMES_PER_SECOND;

  constructor(options: VoicePathOptions) {
    this.options = options;
    this.plan = options.plan;
    this.output = new PathOutput(options);
    this.toClockHz = clockRateOf(options.plan.to.voice);
    this.ticksAFrame = (this.toClockHz * FRAME_MS) / 1_000;
    const { toKeys, listens } = options.plan;
    this.sender = listens && toKeys ? new KeySender(this.output, toKeys, this.toClockHz) : null;
  }

  /** What the peer hears the leg as. */
  get ssrc(): number {
    return this.output.ssrc;
  }

  /** What was sent of it. */
  get counted(): { readonly packets: number; readonly octets: number } {
    const { packets, octets } = this.output;
    return { packets, octets };
  }

  /** Where the stream stands that the peer hears. */
  newest(atMs: number): StreamPlace {
    const { ssrc, newestSequence: sequence } = this.output;
    return { ssrc, sequence, timestamp: (this.output.timestamp - this.ticksAFrame) >>> 0, atMs };
  }

  /** The clock in which the peer counts. */
  get clockRateHz(): number {
    return this.toClockHz;
  }

  /** A timestamp of the leg's as the peer counts; the newest where the leg has sent no sound yet. */
  timestampOf(timestamp: number): number {
    if (this.expected === null || this.source === null) return this.output.timestamp;
    // Signed: a report may be of a moment before the last packet, or after it.
    const ticks = (timestamp - this.expected) | 0;
    const ours = Math.round((ticks * this.toClockHz) / this.source.clockRateHz);
    return (this.output.timestamp + ours) >>> 0;
  }

  /** Once a second: as much may be made again. */
  renew(): void {
    this.budget = MAX_FRAMES_PER_SECOND;
  }

  /**
   * Takes a valid packet of the leg; `key`: what its keys say in it. False where more came in this
   * second than any voice says.
   */
  take(packet: Uint8Array, key: KeyPacket | null): boolean {
    if (this.budget <= 0) return false;
    const parsed = parseRtp(packet);
    if (parsed.ok) this.takeRtp(packet, parsed.header, key);
    return true;
  }

  private takeRtp(packet: Uint8Array, header: RtpHeader, key: KeyPacket | null): void {
    const order = this.order.next(header.ssrc, header.sequence);
    if (order.kind === 'late') return;
    if (order.kind === 'first') this.expected = null;
    if (key !== null) this.takeKey(key);
    else {
      const type = this.plan.from.find(({ payloadType }) => payloadType === header.payloadType);
      // Comfort noise, and what was never agreed: the pause that it fills stays a pause.
      if (!type) return;
      this.takeVoice(type, header, { order, packet });
    }
  }

  /**
   * A key that the leg pressed by other means than its media. It takes the place of what the leg
   * says next, so that the streams stay in step: an event at once, a tone as sound comes.
   */
  press(digit: Digit, durationMs: number): void {
    const { toKeys, from, to } = this.plan;
    const encoder = this.encoderFor(this.source?.type ?? from[0] ?? to);
    this.framesOfKey = Math.ceil(Math.max(LEAST_TONE_MS, durationMs) / FRAME_MS);
    if (toKeys === null) {
      this.tones ??= new ToneGenerator(encoder.sampleRateHz);
      this.tones.start(digit, -USUAL_VOLUME);
      return;
    }
    const event = eventOfDigit(digit);
    if (event === null) return;
    const { timestamp } = this.output;
    const durationTicks = (this.framesOfKey * FRAME_MS * toKeys.clockRateHz) / 1_000;
    const key = { event, volume: USUAL_VOLUME, durationTicks };
    const { payloadType } = toKeys;
    this.output.event(payloadType, { ...key, isEnd: false }, { timestamp, isFirst: true });
    for (let said = 0; said < END_PACKETS; said += 1) {
      this.output.event(payloadType, { ...key, isEnd: true }, { timestamp, isFirst: false });
    }
  }

  /** Frees what decoder and encoder hold. */
  close(): void {
    this.source?.decoder.close();
    this.encoder?.close();
    this.source = null;
    this.encoder = null;
  }

  private takeVoice(
    type: PlannedVoice,
    header: RtpHeader,
    { order, packet }: { readonly order: Order; readonly packet: Uint8Array },
  ): void {
    const source = this.sourceOf(type);
    const payload = packet.subarray(header.payloadStart, header.payloadEnd);
    const lost = order.kind === 'next' ? order.lost : 0;
    this.soundSinceKey += 1;
    // While a key sounds in its place, sound would only spoil it.
    const isHeard = this.soundSinceKey > SOUND_AFTER_KEY || this.plan.toKeys !== null;
    if (isHeard) this.bridgeGap(source, { timestamp: header.timestamp, lost, next: payload });
    const count = source.decoder.decode(payload, decoded);
    const { sampleRateHz } = source.decoder;
    this.expected = (header.timestamp + (count * source.clockRateHz) / sampleRateHz) >>> 0;
    if (isHeard) this.hear(source, decoded.subarray(0, count));
  }

  /** What lies between the last packet and this one: nothing, a loss, or a pause. */
  private bridgeGap(
    source: Source,
    gap: { readonly timestamp: number; readonly lost: number; readonly next: Uint8Array },
  ): void {
    if (this.expected === null) {
      this.pause(0);
      return;
    }
    const ticks = (gap.timestamp - this.expected) >>> 0;
    // It overlaps with what was: some count their timestamps loosely.
    if (ticks === 0 || ticks > HALF) return;
    const gapMs = (ticks * 1_000) / source.clockRateHz;
    if (gapMs > MAX_PAUSE_MS) {
      this.pause(0);
      return;
    }
    const concealedMs = gap.lost > 0 ? Math.min(gapMs, MAX_CONCEALED_MS) : 0;
    for (let doneMs = 0; doneMs < concealedMs; doneMs += FRAME_MS) {
      const pieceMs = Math.min(FRAME_MS, concealedMs - doneMs);
      const { decoder } = source;
      const piece = decoded.subarray(0, Math.round((decoder.sampleRateHz * pieceMs) / 1_000));
      const isLast = doneMs + FRAME_MS >= gapMs;
      decoder.conceal(piece, isLast ? gap.next : undefined);
      this.hear(source, piece);
    }
    if (concealedMs < gapMs) this.pause(((gapMs - concealedMs) * this.toClockHz) / 1_000);
  }

  /** Sends what is left of a frame, filled with silence, and says nothing for so long. */
  private pause(ticks: number): void {
    let rest = ticks;
    if (this.filled > 0) {
      rest -= ((this.frame.length - this.filled) * this.ticksAFrame) / this.frame.length;
      this.frame.fill(0, this.filled);
      this.sendFrame();
    }
    this.output.pause(Math.max(0, rest));
  }

  /** Looks for keys in what was decoded, and hands it to the encoder. */
  private hear(source: Source, pcm: Int16Array): void {
    if (this.sender) this.listen(this.sender, pcm, source.decoder.sampleRateHz);
    const count = source.resampler?.process(pcm, resampled) ?? 0;
    this.push(source.resampler ? resampled.subarray(0, count) : pcm);
  }

  private listen(sender: KeySender, pcm: Int16Array, sampleRateHz: number): void {
    this.detector ??= new ToneDetector(sampleRateHz);
    const digit = this.detector.feed(pcm);
    if (digit !== null) {
      this.pause(0);
      sender.press(digit);
      this.options.onDigit(digit);
    } else if (this.detector.digit === null) sender.release();
    // Who is told of the key should not hear it too.
    if (this.detector.isTone) pcm.fill(0);
  }

  private push(pcm: Int16Array): void {
    for (let start = 0; start < pcm.length; ) {
      const count = Math.min(pcm.length - start, this.frame.length - this.filled);
      this.frame.set(pcm.subarray(start, start + count), this.filled);
      this.filled += count;
      start += count;
      if (this.filled === this.frame.length) this.sendFrame();
    }
  }

  private sendFrame(): void {
    this.filled = 0;
    this.budget -= 1;
    const isKey = this.framesOfKey > 0;
    if (isKey) this.framesOfKey -= 1;
    if (isKey && this.plan.toKeys === null) this.tones?.fill(this.frame);
    else if (isKey) {
      this.output.pause(this.ticksAFrame);
      return;
    }
    if (this.sender?.isSending) this.sender.hold(this.ticksAFrame);
    else if (this.encoder) {
      const payload = this.encoder.encode(this.frame);
      this.output.voice(this.plan.to.payloadType, payload, this.ticksAFrame);
    }
  }

  private takeKey(key: KeyPacket): void {
    this.soundSinceKey = key.event.isEnd ? SOUND_AFTER_KEY : 0;
    const { toKeys } = this.plan;
    if (toKeys) this.sayKey(key, toKeys);
    else if (key.step !== 'old' && key.digit !== null) this.sound(key, key.digit);
  }

  /** A key's packet, in the peer's clock. All packets of a key keep its one timestamp. */
  private sayKey(key: KeyPacket, toKeys: NonNullable<VoicePlan['toKeys']>): void {
    const isFirst = key.step === 'start';
    if (isFirst) {
      this.pause(this.sinceVoice(key));
      this.eventTimestamp = this.output.timestamp;
    }
    if (isFirst) this.fullSegments = 0;
    const lasted = (key.durationTicks * toKeys.clockRateHz) / key.clockRateHz;
    const say = (change: Partial<TelephoneEvent>): void => {
      const timestamp = (this.eventTimestamp + this.fullSegments * MAX_EVENT_TICKS) >>> 0;
      this.output.event(toKeys.payloadType, { ...key.event, ...change }, { timestamp, isFirst });
    };
    // What lasts longer than one event can say goes on in the next (RFC 4733 §2.5.1.3).
    while (lasted > (this.fullSegments + 1) * MAX_EVENT_TICKS) {
      say({ durationTicks: MAX_EVENT_TICKS, isEnd: false });
      this.fullSegments += 1;
    }
    say({ durationTicks: lasted - this.fullSegments * MAX_EVENT_TICKS });
  }

  /** Ticks of the peer's clock from the leg's last sample to the key, where they can be told. */
  private sinceVoice(key: KeyPacket): number {
    const clockRateHz = this.source?.clockRateHz;
    if (this.expected === null || clockRateHz !== key.clockRateHz) return this.ticksAFrame;
    const ticks = (key.timestamp - this.expected) >>> 0;
    if (ticks > HALF || ticks > (clockRateHz * MAX_PAUSE_MS) / 1_000) return 0;
    this.expected = key.timestamp;
    return (ticks * this.toClockHz) / clockRateHz;
  }

  /** A key's tone, for as long as the key has lasted by now. */
  private sound(key: KeyPacket, digit: Digit): void {
    const encoder = this.encoderFor(this.source?.type ?? this.plan.from[0] ?? this.plan.to);
    const { sampleRateHz } = encoder;
    this.tones ??= new ToneGenerator(sampleRateHz);
    if (key.step === 'start') {
      this.pause(this.sinceVoice(key));
      this.tones.start(digit, -key.event.volume);
      this.toneSamples = 0;
    }
    const lastedMs = (key.durationTicks * 1_000) / key.clockRateHz;
    const wantedMs = key.event.isEnd ? Math.max(LEAST_TONE_MS, lastedMs) : lastedMs;
    const atOnce = (sampleRateHz * MAX_TONE_AT_ONCE_MS) / 1_000;
    const wanted = Math.min((sampleRateHz * wantedMs) / 1_000, this.toneSamples + atOnce);
    while (this.toneSamples < wanted) {
      const piece = tonePiece.subarray(0, this.frame.length);
      this.tones.fill(piece);
      this.push(piece);
      this.toneSamples += piece.length;
    }
    // The sound that goes on after it stands where the tone ends.
    const voiceClockHz = this.source?.clockRateHz ?? key.clockRateHz;
    if (voiceClockHz !== key.clockRateHz) return;
    const soundedTicks = (this.toneSamples * key.clockRateHz) / sampleRateHz;
    this.expected =
      (key.timestamp + key.event.durationTicks + soundedTicks - key.durationTicks) >>> 0;
  }

  private sourceOf(type: PlannedVoice): Source {
    if (this.source?.type === type) return this.source;
    this.source?.decoder.close();
    const decoder = decoderOf(type.voice, meetingRateHz(type.voice, this.plan.to.voice));
    const encoder = this.encoderFor(type);
    const [fromHz, toHz] = [decoder.sampleRateHz, encoder.sampleRateHz];
    const resampler = fromHz === toHz ? null : new Resampler(fromHz, toHz);
    this.detector = null;
    this.source = { type, decoder, resampler, clockRateHz: clockRateOf(type.voice) };
    return this.source;
  }

  private encoderFor(type: PlannedVoice): VoiceEncoder {
    if (this.encoder) return this.encoder;
    const { voice } = this.plan.to;
    this.encoder = encoderOf(voice, meetingRateHz(type.voice, voice));
    this.frame = new Int16Array((this.encoder.sampleRateHz * FRAME_MS) / 1_000);
    return this.encoder;
  }
}
