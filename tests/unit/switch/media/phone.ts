import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';

export interface Heard {
  readonly packet: Buffer;
  readonly from: { readonly address: string; readonly port: number };
}

/** One UDP socket of a phone; what it hears waits until it is asked for. */
export class Ear {
  readonly socket: Socket;
  private readonly heard: Heard[] = [];
  private readonly waiting: ((heard: Heard) => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('message', (packet, { address, port }) => {
      const heard = { packet, from: { address, port } };
      const next = this.waiting.shift();
      if (next) next(heard);
      else this.heard.push(heard);
    });
  }

  static open(address = '127.0.0.1', port = 0): Promise<Ear> {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address, port }, () => resolve(new Ear(socket)));
    });
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** How many packets came and were not asked for. */
  get unread(): number {
    return this.heard.length;
  }

  next(): Promise<Heard> {
    const heard = this.heard.shift();
    if (heard) return Promise.resolve(heard);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Resolves once the kernel has it. */
  send(packet: Buffer, port: number, address = '127.0.0.1'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.send(packet, port, address, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Also one whose socket was closed already. */
  close(): void {
    this.socket.removeAllListeners('error');
    try {
      this.socket.close();
    } catch {
      // It was closed before.
    }
  }
}

export interface RtpFields {
  readonly sequence: number;
  readonly ssrc?: number;
  readonly payloadType?: number;
  readonly timestamp?: number;
  readonly text?: string;
}

/** A packet of 12 bytes and a text. */
export function rtp({
  sequence,
  ssrc = 1,
  payloadType = 8,
  timestamp,
  text = '',
}: RtpFields): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = payloadType;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(timestamp ?? sequence * 160, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** What a packet of `rtp` carries. */
export const textOf = (packet: Uint8Array): string => Buffer.from(packet.subarray(12)).toString();

export interface ReportFields {
  readonly ssrc: number;
  readonly lostFraction?: number;
  readonly lost?: number;
  /** Which report of the other side it answers, and for how long that lay here. */
  readonly lastSr?: number;
  readonly heldMs?: number;
  /** The middle of its own time, which the other side may name. */
  readonly name?: number;
}

/** A sender report with one report block. */
export function senderReport(ssrc: number, about: ReportFields): Buffer {
  const packet = Buffer.alloc(52);
  packet[0] = 0x81;
  packet[1] = 200;
  packet.writeUInt16BE(12, 2);
  packet.writeUInt32BE(ssrc, 4);
  packet.writeUInt32BE(about.ssrc, 28);
  packet.writeUInt32BE((about.lost ?? 0) & 0xffffff, 32);
  packet[32] = about.lostFraction ?? 0;
  packet.writeUInt32BE(80, 40);
  packet.writeUInt32BE(about.name ?? 0, 10);
  packet.writeUInt32BE(about.lastSr ?? 0, 44);
  packet.writeUInt32BE(Math.round((about.heldMs ?? 0) * 65.536), 48);
  return packet;
}

export interface SdpFields {
  readonly address?: string;
  readonly port: number;
  readonly version?: number;
  readonly formats?: string;
  readonly lines?: readonly string[];
}

/** A phone's description of one audio stream. */
export function sdpOf({
  address = '127.0.0.1',
  port,
  version = 1,
  formats = '8 0 101',
  lines = ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-16'],
}: SdpFields): Buffer {
  const family = isIP(address) === 6 ? 'IP6' : 'IP4';
  const all = [
    'v=0',
    `o=phone 77 ${version} IN ${family} ${address}`,
    's=-',
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${formats}`,
    ...lines,
  ];
  return Buffer.from(`${all.join('\r\n')}\r\n`);
}

/** The port that a description of ours names. */
export const portOf = (sdp: Buffer): number => Number(/^m=audio (\d+) /m.exec(sdp.toString())?.[1]);
