import { type Digit, digitOfEvent, eventOfDigit } from '@/lib/protocol/dtmf/digits';
import {
  END_PACKETS,
  EventReader,
  type EventStep,
  parseTelephoneEvent,
  type TelephoneEvent,
  USUAL_VOLUME,
} from '@/lib/protocol/dtmf/telephone-event';
import { parseRtp } from '@/lib/protocol/rtp/header';
import type { TypeMeaning } from './messages';
import type { PathOutput } from './path-output';
import type { PlannedKeys } from './path-plan';

/** What a packet says of a leg's keys. */
export interface KeyPacket {
  readonly event: TelephoneEvent;
  readonly step: EventStep;
  readonly timestamp: number;
  readonly clockRateHz: number;
  /** How long the key has lasted, its segments together. */
  readonly durationTicks: number;
  /** Null for events that are no keys. */
  readonly digit: Digit | null;
}

const KEYS_NAME = /^telephone-event\/(\d+)$/i;

/** Reads the keys that a leg sends as events. */
export class KeyReader {
  private types: readonly PlannedKeys[] = [];
  private reader: EventReader | null = null;
  private payloadType = -1;

  /** What the leg's payload types mean now; a key that is pressed stays the same key. */
  learn(types: readonly TypeMeaning[]): void {
    this.types = types.flatMap(({ payloadType, name }) => {
      const clock = KEYS_NAME.exec(name)?.[1];
      return clock === undefined ? [] : [{ payloadType, clockRateHz: Number(clock) }];
    });
  }

  /** Whether a payload type carries keys. */
  isKey(payloadType: number): boolean {
    // Asked of each packet: no function is made for it.
    for (const type of this.types) if (type.payloadType === payloadType) return true;
    return false;
  }

  /** Reads a valid packet of such a type; null where it holds no event. */
  read(packet: Uint8Array): KeyPacket | null {
    const parsed = parseRtp(packet);
    if (!parsed.ok) return null;
    const { payloadType, timestamp, marker, payloadStart, payloadEnd } = parsed.header;
    const type = this.types.find((one) => one.payloadType === payloadType);
    const event = parseTelephoneEvent(packet.subarray(payloadStart, payloadEnd));
    if (type === undefined || event === null) return null;
    const { clockRateHz } = type;
    if (this.reader === null || payloadType !== this.payloadType) {
      this.reader = new EventReader(clockRateHz);
      this.payloadType = payloadType;
    }
    const step = this.reader.next(event, { timestamp, marker });
    const { durationTicks } = this.reader;
    return { event, step, timestamp, clockRateHz, durationTicks, digit: digitOfEvent(event.event) };
  }
}

/** A key that is sent as an event while its tone is heard. */
export class KeySender {
  private readonly output: PathOutput;
  private readonly keys: PlannedKeys;
  /** Ticks of the voice's clock in one tick of the events' clock. */
  private readonly ratio: number;
  private event: number | null = null;
  private timestamp = 0;
  private isFirst = true;

  constructor(output: PathOutput, keys: PlannedKeys, voiceClockHz: number) {
    this.output = output;
    this.keys = keys;
    this.ratio = voiceClockHz / keys.clockRateHz;
  }

  get isSending(): boolean {
    return this.event !== null;
  }

  /** A key was pressed just now; one before it has ended. */
  press(digit: Digit): void {
    this.release();
    this.event = eventOfDigit(digit);
    this.timestamp = this.output.timestamp;
    this.isFirst = true;
  }

  /** So many ticks of the voice's clock went by while it is pressed. */
  hold(voiceTicks: number): void {
    this.output.pause(voiceTicks);
    this.say(false);
  }

  /** It was let go; the end is said three times. */
  release(): void {
    if (this.event === null) return;
    for (let said = 0; said < END_PACKETS; said += 1) this.say(true);
    this.event = null;
  }

  private say(isEnd: boolean): void {
    if (this.event === null) return;
    const lasted = (this.output.timestamp - this.timestamp) >>> 0;
    this.output.event(
      this.keys.payloadType,
      { event: this.event, isEnd, volume: USUAL_VOLUME, durationTicks: lasted / this.ratio },
      { timestamp: this.timestamp, isFirst: this.isFirst },
    );
    this.isFirst = false;
  }
}
