import {
  EVENT_BYTES,
  type TelephoneEvent,
  writeTelephoneEvent,
} from '@/lib/protocol/dtmf/telephone-event';
import { RTP_HEADER_BYTES } from '@/lib/protocol/rtp/header';

const VERSION_2 = 0x80;
const MARKER = 0x80;

export interface PathOutputOptions {
  /** A number below the bound, unguessable. */
  readonly randomBelow: (bound: number) => number;
  readonly send: (packet: Uint8Array) => void;
}

/** The stream that a path sends: SSRC, sequence numbers and timestamps of its own. */
export class PathOutput {
  readonly ssrc: number;
  /** Where the next sample stands. */
  timestamp: number;
  /** For its sender reports (RFC 3550 §6.4.1): octets without headers. */
  packets = 0;
  octets = 0;
  private readonly options: PathOutputOptions;
  private sequence: number;
  private isBeginning = true;

  constructor(options: PathOutputOptions) {
    this.options = options;
    this.ssrc = options.randomBelow(2 ** 32);
    // Room for half a stream before it wraps, as RFC 3550 §5.1 leaves to the sender.
    this.sequence = options.randomBelow(2 ** 15);
    this.timestamp = options.randomBelow(2 ** 32);
  }

  /** Of the last packet. */
  get newestSequence(): number {
    return (this.sequence - 1) & 0xff_ff;
  }

  /** Nothing is sent for so long; what follows begins a talk spurt (RFC 3551 §4.1). */
  pause(ticks: number): void {
    this.timestamp = (this.timestamp + Math.round(ticks)) >>> 0;
    this.isBeginning = true;
  }

  /** Sends a payload that lasts so many ticks. */
  voice(payloadType: number, payload: Uint8Array, ticks: number): void {
    if (payload.length > 0) {
      const packet = this.packet(payloadType, payload.length, this.timestamp);
      packet.set(payload, RTP_HEADER_BYTES);
      if (this.isBeginning) packet[1] = MARKER | payloadType;
      this.isBeginning = false;
      this.options.send(packet);
    }
    this.timestamp = (this.timestamp + ticks) >>> 0;
  }

  /** Sends an event that began at a timestamp. */
  event(
    payloadType: number,
    event: TelephoneEvent,
    moment: { readonly timestamp: number; readonly isFirst: boolean },
  ): void {
    const packet = this.packet(payloadType, EVENT_BYTES, moment.timestamp);
    if (moment.isFirst) packet[1] = MARKER | payloadType;
    writeTelephoneEvent(event, packet.subarray(RTP_HEADER_BYTES));
    this.options.send(packet);
    this.isBeginning = true;
  }

  /** A new buffer for each: a socket may still hold the one before. */
  private packet(payloadType: number, payloadBytes: number, timestamp: number): Buffer {
    const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + payloadBytes);
    packet[0] = VERSION_2;
    packet[1] = payloadType;
    packet.writeUInt16BE(this.sequence, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(this.ssrc, 8);
    this.sequence = (this.sequence + 1) & 0xff_ff;
    this.packets += 1;
    this.octets += payloadBytes;
    return packet;
  }
}
