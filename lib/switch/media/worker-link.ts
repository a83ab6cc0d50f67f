import { Worker } from 'node:worker_threads';
import { AppError } from '@/lib/core/errors';
import type { Logger } from '@/lib/infra/log';
import type { PressedKey } from './engine';
import type { CaptureStep } from './relay/captures';
import type { EndpointStart } from './relay/endpoint';
import type {
  EndpointConfig,
  EndpointFigures,
  FromWorker,
  ToWorker,
  WorkerSetup,
  WorkerUsage,
} from './relay/messages';
import type { Playback } from './sound';
import type { MediaWorkerLocation } from './worker-location';

/** A worker answers within milliseconds; one that does not is stuck. */
const REPLY_TIMEOUT_MS = 5_000;
const READY_TIMEOUT_MS = 20_000;
/** A worker that ends at once again is started ever more slowly. */
const FIRST_RESTART_MS = 50;
const LAST_RESTART_MS = 30_000;
/** Who lived so long starts anew at the first delay. */
const STEADY_MS = 60_000;

export interface WorkerLinkOptions extends MediaWorkerLocation {
  readonly setup: Omit<WorkerSetup, 'restingPorts'>;
  readonly log: Logger;
  readonly onInactive: (event: Extract<FromWorker, { type: 'inactive' }>) => void;
  readonly onDigit: (event: Extract<FromWorker, { type: 'digit' }>) => void;
  readonly onPlayed: (event: Extract<FromWorker, { type: 'played' }>) => void;
  readonly onCaptured: (event: Extract<FromWorker, { type: 'captured' }>) => void;
  /** All endpoints of this worker are gone. */
  readonly onLost: (reason: string) => void;
}

interface Pending {
  resolve(reply: FromWorker): void;
  reject(error: AppError): void;
}

/** The engine's end of one worker: requests with their replies, restarts, the ports it uses. */
export class WorkerLink {
  /** Sessions that live on this worker; kept by the engine, to share them out. */
  sessionCount = 0;
  private readonly options: WorkerLinkOptions;
  private worker: Worker | null = null;
  private isReady = false;
  private isClosing = false;
  private restartMs = FIRST_RESTART_MS;
  private restartTimer: NodeJS.Timeout | undefined;
  private requestId = 0;
  /** By "ready", "bind:7" or "request:7". */
  private readonly pending = new Map<string, Pending>();
  private readonly ports = new Map<number, number>();

  constructor(options: WorkerLinkOptions) {
    this.options = options;
  }

  get isUp(): boolean {
    return this.isReady;
  }

  /** Starts the worker; rejects where it can't be started at all. */
  async start(): Promise<void> {
    const ready = this.expectReply('ready', READY_TIMEOUT_MS);
    this.spawn([]);
    await ready;
  }

  /** Opens a port pair; resolves to its RTP port. Throws UNAVAILABLE where none is left. */
  async bind(start: EndpointStart): Promise<number> {
    const { id: endpointId, gateSlot, isCaller } = start;
    const reply = this.expectReply(`bind:${endpointId}`, REPLY_TIMEOUT_MS);
    this.post({ type: 'bind', endpointId, gateSlot, isCaller });
    const message = await reply;
    if (message.type === 'bound') return message.port;
    const meta = { reason: message.type === 'unbound' ? message.reason : message.type };
    throw new AppError('UNAVAILABLE', 'No media port is free.', { meta });
  }

  configure(endpointId: number, config: EndpointConfig): void {
    this.post({ type: 'configure', endpointId, config });
  }

  /** A key that a leg pressed by other means than its media. */
  press(endpointId: number, { digit, durationMs }: PressedKey): void {
    this.post({ type: 'press', endpointId, digit, durationMs });
  }

  play(endpointId: number, playbackId: number, playback: Playback): void {
    this.post({ type: 'play', endpointId, playbackId, playback });
  }

  stopPlaying(endpointId: number): void {
    this.post({ type: 'stopPlaying', endpointId });
  }

  /** What legs say is to be kept, or not any more. */
  capture(capture: CaptureStep): void {
    this.post({ type: 'capture', capture });
  }

  /** Resolves once the worker has done all it was told so far. */
  async inForce(): Promise<void> {
    await this.query([]);
  }

  async query(endpointIds: readonly number[]): Promise<readonly EndpointFigures[]> {
    const reply = await this.request((requestId) => ({ type: 'query', requestId, endpointIds }));
    return reply.type === 'figures' ? reply.figures : [];
  }

  /** Closes endpoints at once; resolves to their last figures. */
  async release(endpointIds: readonly number[]): Promise<readonly EndpointFigures[]> {
    for (const id of endpointIds) this.ports.delete(id);
    const reply = await this.request((requestId) => ({ type: 'release', requestId, endpointIds }));
    return reply.type === 'figures' ? reply.figures : [];
  }

  /** Null while the worker is down. */
  async usage(): Promise<WorkerUsage | null> {
    if (!this.isReady) return null;
    try {
      const reply = await this.request((requestId) => ({ type: 'usage', requestId }));
      return reply.type === 'usage' ? reply.usage : null;
    } catch {
      // It ended just now: then nothing of it is in use.
      return null;
    }
  }

  async close(): Promise<void> {
    this.isClosing = true;
    this.isReady = false;
    clearTimeout(this.restartTimer);
    await this.worker?.terminate();
    this.rejectAll('the media engine is closed');
  }

  private spawn(restingPorts: readonly number[]): void {
    const { workerUrl, setup, log } = this.options;
    const startedAtMs = performance.now();
    const workerData: WorkerSetup = { ...setup, restingPorts };
    const worker = new Worker(workerUrl, { workerData, execArgv: [] });
    this.worker = worker;
    let reason = 'it ended';
    worker.on('message', (message: FromWorker) => this.received(message));
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
      log.error('media.worker_failed', { error });
    });
    worker.on('exit', (exitCode) => {
      if (this.isClosing) return;
      log.error('media.worker_ended', { exitCode, reason });
      if (performance.now() - startedAtMs > STEADY_MS) this.restartMs = FIRST_RESTART_MS;
      this.ended(reason);
    });
  }

  private ended(reason: string): void {
    const wasReady = this.isReady;
    this.isReady = false;
    this.worker = null;
    this.rejectAll(`the media worker ended: ${reason}`);
    // Its sockets ended with it; far sides may still send to them.
    const restingPorts = [...this.ports.values()];
    this.ports.clear();
    if (wasReady) this.options.onLost(reason);
    this.restartTimer = setTimeout(() => this.spawn(restingPorts), this.restartMs);
    this.restartTimer.unref();
    this.restartMs = Math.min(LAST_RESTART_MS, this.restartMs * 2);
  }

  private received(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.isReady = true;
        this.settle('ready', message);
        return;
      case 'bound':
        this.ports.set(message.endpointId, message.port);
        this.settle(`bind:${message.endpointId}`, message);
        return;
      case 'unbound':
        this.settle(`bind:${message.endpointId}`, message);
        return;
      case 'figures':
      case 'usage':
        this.settle(`request:${message.requestId}`, message);
        return;
      case 'inactive':
        this.options.onInactive(message);
        return;
      case 'digit':
        this.options.onDigit(message);
        return;
      case 'played':
        this.options.onPlayed(message);
        return;
      case 'captured':
        this.options.onCaptured(message);
        return;
      case 'fault':
        this.options.log.error('media.packet_fault', { error: message.error });
    }
  }

  private request(make: (requestId: number) => ToWorker): Promise<FromWorker> {
    this.requestId += 1;
    const reply = this.expectReply(`request:${this.requestId}`, REPLY_TIMEOUT_MS);
    this.post(make(this.requestId));
    return reply;
  }

  private post(message: ToWorker): void {
    this.worker?.postMessage(message);
  }

  private expectReply(key: string, timeoutMs: number): Promise<FromWorker> {
    if (key !== 'ready' && !this.isReady) {
      return Promise.reject(new AppError('UNAVAILABLE', 'The media worker is down.'));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(key);
        reject(new AppError('UNAVAILABLE', 'The media worker does not answer.'));
        // Stuck: its calls are dead already, and its ports come back with the next one.
        void this.worker?.terminate();
      }, timeoutMs);
      timer.unref();
      const done =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          settle(value);
        };
      this.pending.set(key, { resolve: done(resolve), reject: done(reject) });
    });
  }

  private settle(key: string, message: FromWorker): void {
    const pending = this.pending.get(key);
    this.pending.delete(key);
    pending?.resolve(message);
  }

  private rejectAll(message: string): void {
    for (const { reject } of this.pending.values()) reject(new AppError('UNAVAILABLE', message));
    this.pending.clear();
  }
}
