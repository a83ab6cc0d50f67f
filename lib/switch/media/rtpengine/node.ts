import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import type { Logger } from '@/lib/infra/log';
import { type BencodedTable, tableAt, textAt } from '@/lib/protocol/ng/bencode';
import { NgClient, type NgOutcome } from '@/lib/protocol/ng/client';
import type { NgArguments } from '@/lib/protocol/ng/message';
import type { TimerCallback, TimerScheduler } from '@/lib/protocol/sip/timers';

/** Where a node takes commands. */
export interface NodePlace {
  readonly host: string;
  readonly port: number;
}

/** A node that is not there is known in three seconds at the latest: the pause and a command's patience. */
const PING_EVERY_MS = 1_000;
/** Of so many pings one asks for how long the node has been running. */
const UPTIME_EVERY = 3;
/** Its uptime is whole seconds, and its clock need not be ours. */
const RESTART_TOLERANCE_MS = 4_000;
const COOKIE_BYTES = 6;

/** These keep the process: while it starts nothing else does, and it waits for an answer. */
const timers: TimerScheduler = {
  after(delayMs: number, callback: TimerCallback) {
    const run = (): void => (typeof callback === 'function' ? callback() : callback.onTimer());
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

export interface NodeOptions {
  readonly place: NodePlace;
  readonly log: Logger;
  /** All its calls are gone: it was started anew. */
  readonly onRestarted: () => void;
}

/** One rtpengine: its socket, whether it is there, and whether it is still the same. */
export class RtpengineNode {
  /** "192.0.2.1:2223", as the configuration names it. */
  readonly name: string;
  /** Sessions that live on it; kept by the engine, to share them out. */
  sessionCount = 0;
  private readonly options: NodeOptions;
  private readonly client: NgClient;
  private socket: Socket | undefined;
  private isConnected = false;
  private answers = false;
  private wasAsked = false;
  private isClosed = false;
  private pings = 0;
  /** When it began to run, by our clock; null while nobody knows. */
  private startedAtMs: number | null = null;
  private pinging: NodeJS.Timeout | undefined;

  constructor(options: NodeOptions) {
    const { host, port } = options.place;
    this.name = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
    this.options = options;
    this.client = new NgClient({
      timers,
      send: (datagram) => this.send(datagram),
      cookiePrefix: `${randomBytes(COOKIE_BYTES).toString('hex')}_`,
    });
  }

  /** Whether it answered last. */
  get isUp(): boolean {
    return this.answers;
  }

  /** Looks whether it is there, now and from now on; false where it is not. */
  async start(): Promise<boolean> {
    await this.check();
    this.pingLater();
    return this.answers;
  }

  /** Never rejects. Who does not answer is down until it answers a ping. */
  async ask(command: string, details: NgArguments): Promise<NgOutcome> {
    this.open();
    const outcome = await this.client.ask(command, details);
    if (outcome.type === 'silent') this.note(false);
    return outcome;
  }

  close(): void {
    this.isClosed = true;
    this.answers = false;
    clearTimeout(this.pinging);
    this.client.close();
    this.socket?.close();
    this.socket = undefined;
  }

  private pingLater(): void {
    if (this.isClosed) return;
    this.pinging = setTimeout(() => {
      void this.check().then(() => this.pingLater());
    }, PING_EVERY_MS).unref();
  }

  private async check(): Promise<void> {
    const asksUptime = this.pings % UPTIME_EVERY === 0 || !this.answers;
    this.pings += 1;
    const outcome = await this.ask(asksUptime ? 'statistics' : 'ping', {});
    if (this.isClosed || outcome.type === 'silent') return;
    if (outcome.type === 'done' && asksUptime) this.compareUptime(outcome.body);
    this.note(true);
  }

  private compareUptime(body: BencodedTable): void {
    const statistics = tableAt(body, 'statistics');
    const totals = statistics && tableAt(statistics, 'totalstatistics');
    const seconds = Number((totals && textAt(totals, 'uptime')) ?? Number.NaN);
    if (!Number.isFinite(seconds)) return;
    const startedAtMs = performance.now() - seconds * 1_000;
    const before = this.startedAtMs;
    this.startedAtMs = startedAtMs;
    if (before === null || startedAtMs - before < RESTART_TOLERANCE_MS) return;
    this.options.log.error('media.rtpengine_restarted', { node: this.name });
    this.options.onRestarted();
  }

  private note(answers: boolean): void {
    const isNew = !this.wasAsked || this.answers !== answers;
    if (!isNew || this.isClosed) return;
    this.wasAsked = true;
    this.answers = answers;
    const { log } = this.options;
    if (answers) log.info('media.rtpengine_up', { node: this.name });
    else log.error('media.rtpengine_down', { node: this.name });
  }

  private send(datagram: Buffer): void {
    // What can't be sent is repeated, or given up in time.
    if (this.isConnected) this.socket?.send(datagram, () => undefined);
  }

  /** A socket that hears the node alone; a name is looked up anew whenever the node was down. */
  private open(): void {
    const isInUse = this.socket !== undefined && (this.answers || this.client.waiting > 0);
    if (this.isClosed || isInUse) return;
    this.socket?.close();
    this.isConnected = false;
    const { host, port } = this.options.place;
    const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
    this.socket = socket;
    socket.unref();
    socket.on('message', (datagram) => this.client.receive(datagram));
    // A refusal by its host (no such port) is known by the silence that follows.
    socket.on('error', () => undefined);
    socket.on('connect', () => {
      this.isConnected = true;
    });
    socket.connect(port, host);
  }
}
