import { loadUdpAddon } from '@/lib/protocol/native/addon';
import type {
  DatagramBatch,
  DatagramHandlers,
  DatagramSocket,
} from '@/lib/protocol/native/datagrams';
import { createNativeDatagrams } from '@/lib/protocol/native/native-datagrams';
import { openPlainDatagrams } from '@/lib/protocol/native/plain-datagrams';

/** One window of voice through a relay. */
export interface MediaJob {
  readonly host: string;
  /** The relay's RTP ports by leg: caller, callee, caller, callee … */
  readonly ports: readonly number[];
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

/** What came of it within the measured time. */
export interface MediaResult {
  readonly sent: number;
  readonly received: number;
  /** From before it is sent to when the kernel has it for the other leg (plain: to when it is read). */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** G.711 at 20 ms (RFC 3551): the packet of 50 a second each way. */
const PACKET_BYTES = 172;
const PACKET_MS = 20;
const PACKET_TICKS = 160;
const PCMA = 8;
/** Where in a packet lies when it was sent. */
const SENT_AT = 16;
/** Legs share sockets here, so that the generator needs less than it measures. */
const SOCKETS = 8;
const BUFFER_BYTES = 4 * 1024 * 1024;
/** A late generator does not make up for more: it would be another load. */
const AT_ONCE_MS = 5;
/** What is still under way when a window ends. */
const STRAGGLERS_MS = 250;
const BUCKETS_PER_MS = 100;
const LONGEST_MS = 200;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Phones that all talk at once, and measure what of it arrives. */
export class TalkingPhones {
  protected readonly sockets: DatagramSocket[] = [];
  private readonly packet = Buffer.alloc(PACKET_BYTES, 0xd5);
  private readonly delays = new Uint32Array(BUCKETS_PER_MS * LONGEST_MS);
  private readonly remotes: { address: string; port: number }[] = [];
  private packets = 0;
  private fromMs = 0;
  private untilMs = 0;
  private sent = 0;
  private received = 0;

  constructor() {
    this.packet[0] = 0x80;
    this.packet[1] = PCMA;
  }

  static async open(): Promise<TalkingPhones> {
    return await opened(new TalkingPhones());
  }

  async openSockets(): Promise<void> {
    const addon = loadUdpAddon();
    const native = addon && createNativeDatagrams(addon);
    const binding = { address: '127.0.0.1', port: 0, bufferBytes: BUFFER_BYTES, isTimed: true };
    const handlers: DatagramHandlers = {
      onBatch: (batch) => this.receive(batch),
      onSendFailure: (error) => process.stderr.write(`generator: ${String(error)}\n`),
    };
    while (this.sockets.length < SOCKETS) {
      this.sockets.push(
        native?.open(binding, handlers) ?? (await openPlainDatagrams(binding, handlers)),
      );
    }
  }

  /** Where a call's legs are; a leg stays at its socket, and its peer is at another. */
  get ports(): readonly number[] {
    return this.sockets.map(({ port }) => port);
  }

  async run(job: MediaJob, onWindow: (edge: 'begins' | 'ends') => void): Promise<MediaResult> {
    this.remotes.length = 0;
    for (const port of job.ports) this.remotes.push({ address: job.host, port });
    this.delays.fill(0);
    this.sent = 0;
    this.received = 0;
    this.fromMs = performance.now() + job.warmUpMs;
    this.untilMs = this.fromMs + job.measuredMs;
    const stop = this.talk();
    await sleep(this.fromMs - performance.now());
    onWindow('begins');
    await sleep(this.untilMs - performance.now());
    onWindow('ends');
    await sleep(STRAGGLERS_MS);
    stop();
    const { sent, received } = this;
    return { sent, received, p50Ms: this.delayOf(0.5), p99Ms: this.delayOf(0.99) };
  }

  /** Each leg once in 20 ms, evenly apart, as legs are that began at their own time. */
  private talk(): () => void {
    const perMs = this.remotes.length / PACKET_MS;
    const most = AT_ONCE_MS * perMs;
    let lastMs = performance.now();
    let owed = 0;
    const timer = setInterval(() => {
      const nowMs = performance.now();
      owed = Math.min(owed + (nowMs - lastMs) * perMs, most);
      lastMs = nowMs;
      for (; owed >= 1; owed -= 1) this.say(nowMs);
    }, 1);
    return () => clearInterval(timer);
  }

  private say(nowMs: number): void {
    const leg = this.packets % this.remotes.length;
    const turn = Math.floor(this.packets / this.remotes.length);
    this.packets += 1;
    const { packet } = this;
    packet.writeUInt16BE(turn & 0xffff, 2);
    packet.writeUInt32BE((turn * PACKET_TICKS) >>> 0, 4);
    packet.writeUInt32BE(leg + 1, 8);
    packet.writeDoubleLE(nowMs, SENT_AT);
    const remote = this.remotes[leg];
    const said = this.sealed(leg, packet);
    if (remote && said) this.socketOf(leg)?.sendCopy(said, remote);
    if (nowMs >= this.fromMs && nowMs < this.untilMs) this.sent += 1;
  }

  /** How a packet of a leg goes out. */
  protected sealed(_leg: number, packet: Buffer): Uint8Array | null {
    return packet;
  }

  /** When a packet that came was sent; not a number for one that is none of ours. */
  protected sentMsOf(batch: DatagramBatch, index: number): number {
    if (batch.lengthOf(index) !== PACKET_BYTES) return Number.NaN;
    return sentMsIn(batch.slab, batch.offsetOf(index));
  }

  /** A leg stays at its socket. */
  protected socketOf(leg: number): DatagramSocket | undefined {
    return this.sockets[leg % SOCKETS];
  }

  private receive(batch: DatagramBatch): void {
    const nowMs = performance.now();
    for (let index = 0; index < batch.count; index += 1) {
      const sentMs = this.sentMsOf(batch, index);
      if (Number.isNaN(sentMs) || sentMs < this.fromMs || sentMs >= this.untilMs) continue;
      this.received += 1;
      const tookMs = nowMs - batch.waitedMicrosOf(index) / 1_000 - sentMs;
      const last = this.delays.length - 1;
      const bucket = Math.max(0, Math.min(Math.floor(tookMs * BUCKETS_PER_MS), last));
      this.delays[bucket] = (this.delays[bucket] ?? 0) + 1;
    }
  }

  private delayOf(part: number): number {
    let left = this.received * part;
    for (const [bucket, count] of this.delays.entries()) {
      left -= count;
      if (left < 0) return bucket / BUCKETS_PER_MS;
    }
    return 0;
  }
}

/** Phones with their sockets. */
export async function opened<Phones extends TalkingPhones>(phones: Phones): Promise<Phones> {
  await phones.openSockets();
  return phones;
}

/** When a packet was sent, as it says itself. */
export function sentMsIn(bytes: Buffer, start: number): number {
  return bytes.readDoubleLE(start + SENT_AT);
}
