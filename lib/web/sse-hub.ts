import { type ControlClient, createControlClient } from '@/lib/control/client';
import type { ControlEvent } from '@/lib/control/events';
import type { LiveEvent } from '@/lib/services/live/schemas';
import { type Viewer, viewEvent } from '@/lib/services/live/view';
import type { WebRuntime } from './runtime';

/** One open stream of a browser. */
export interface LiveSink {
  readonly viewer: Viewer;
  /** Takes an event or, being full, ends itself. */
  write(event: LiveEvent): void;
}

const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 10_000;
/** The feed is kept this long after its last reader left: a page change is no reason to reconnect. */
const LINGER_MS = 15_000;

/**
 * Holds the one stream of events from the switch and hands each reader what they may see of it.
 * While the stream is down, readers are told that what they see is stale.
 */
export class LiveHub {
  private readonly sinks = new Set<LiveSink>();
  private readonly control: ControlClient;
  private readonly runtime: Pick<WebRuntime, 'clock' | 'log'>;
  private feed: AbortController | null = null;
  private linger: NodeJS.Timeout | null = null;
  private isReady = false;
  private lostAtMs: number;

  constructor(control: ControlClient, runtime: Pick<WebRuntime, 'clock' | 'log'>) {
    this.control = control;
    this.runtime = runtime;
    this.lostAtMs = runtime.clock.nowMs();
  }

  /** How many streams are open. */
  get size(): number {
    return this.sinks.size;
  }

  /** Adds a reader, who is told at once whether the feed is live; gives the way to leave. */
  join(sink: LiveSink): () => void {
    this.sinks.add(sink);
    if (this.linger) clearTimeout(this.linger);
    this.linger = null;
    if (!this.feed) this.start();
    sink.write(this.isReady ? this.ready() : this.stale());
    return () => this.leave(sink);
  }

  private leave(sink: LiveSink): void {
    this.sinks.delete(sink);
    if (this.sinks.size > 0 || this.linger) return;
    this.linger = setTimeout(() => {
      this.linger = null;
      if (this.sinks.size === 0) this.stop();
    }, LINGER_MS).unref();
  }

  /** Closes the feed; a new reader opens it again. */
  stop(): void {
    this.feed?.abort();
    this.feed = null;
    this.isReady = false;
    this.lostAtMs = this.runtime.clock.nowMs();
  }

  private start(): void {
    const feed = new AbortController();
    this.feed = feed;
    this.follow(feed.signal).catch((error: unknown) =>
      this.runtime.log.error('live.hub_failed', { error }),
    );
  }

  private async follow(signal: AbortSignal): Promise<void> {
    let retryMs = RETRY_MIN_MS;
    while (!signal.aborted) {
      try {
        for await (const event of this.control.events(signal)) {
          if (event.type === 'hello') retryMs = RETRY_MIN_MS;
          this.take(event);
        }
      } catch (error) {
        if (signal.aborted) return;
        if (this.isReady) this.runtime.log.warn('live.feed_lost', { error });
      }
      this.lose();
      await pause(retryMs, signal);
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    }
  }

  private take(event: ControlEvent): void {
    if (event.type === 'hello') {
      this.isReady = true;
      for (const sink of [...this.sinks]) sink.write(this.ready());
      return;
    }
    for (const sink of [...this.sinks]) {
      const seen = viewEvent(event, sink.viewer);
      if (seen) sink.write(seen);
    }
  }

  private lose(): void {
    if (!this.isReady) return;
    this.isReady = false;
    this.lostAtMs = this.runtime.clock.nowMs();
    for (const sink of [...this.sinks]) sink.write(this.stale());
  }

  private ready(): LiveEvent {
    return { type: 'ready', at: this.now() };
  }

  private stale(): LiveEvent {
    return { type: 'stale', at: this.now(), since: new Date(this.lostAtMs).toISOString() };
  }

  private now(): string {
    return new Date(this.runtime.clock.nowMs()).toISOString();
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms).unref();
    signal.addEventListener('abort', done, { once: true });
  });
}

const SLOT = Symbol.for('tollbridge.web.live-hub');

/** The hub of this process. */
export function liveHub(runtime: WebRuntime): LiveHub {
  const holder = globalThis as { [SLOT]?: LiveHub };
  const { controlPort: port, controlSecret: secret } = runtime.settings;
  holder[SLOT] ??= new LiveHub(createControlClient({ port, secret }), runtime);
  return holder[SLOT];
}
