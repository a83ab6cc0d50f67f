import { type LiveEvent, liveEventSchema } from '@/lib/services/live/schemas';

/** What a browser's EventSource offers of what is needed here. */
export interface LiveSource {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

/** What the feed needs of the world. */
export interface LiveFeedParts {
  /** Opens /api/live. */
  readonly open: () => LiveSource;
  readonly nowMs: () => number;
  /** Runs something later; gives the way to call it off. */
  readonly later: (run: () => void, afterMs: number) => () => void;
}

/**
 * connecting: no word yet · live: what is shown is now · lost: live values are from `since` ·
 * ended: the session is over or went to another account, nothing comes any more.
 */
export type LiveState =
  | { readonly kind: 'connecting' | 'live' | 'ended' }
  | { readonly kind: 'lost'; readonly since: string };

/** An event, or the word that some may have been missed: fetch everything live again. */
export type LiveNews = LiveEvent | { readonly type: 'resync' };

/** EventSource.CLOSED: the browser gave up by itself (a refusal, not a broken line). */
const CLOSED = 2;
/** A gap shorter than this is nobody's business: the stream is back before it is noticed. */
const GRACE_MS = 3_000;
const RETRY_MIN_MS = 2_000;
const RETRY_MAX_MS = 30_000;
/** Going to another page must not close and open the stream. */
const LINGER_MS = 5_000;
/** Tabs out of sight give their connection back: browsers allow six to a host. */
const HIDDEN_MS = 60_000;

const TYPES: readonly LiveEvent['type'][] = [
  'ready',
  'stale',
  'ended',
  'registration.changed',
  'registration.refused',
  'trunk.changed',
  'call.started',
  'call.ringing',
  'call.answered',
  'call.ended',
  'config.observed',
];

/** The one stream of live events of a page: opened by its first reader, closed after its last. */
export class LiveFeed {
  private readonly parts: LiveFeedParts;
  private readonly readers = new Set<(news: LiveNews) => void>();
  private readonly watchers = new Set<() => void>();
  private state: LiveState = { kind: 'connecting' };
  private source: LiveSource | null = null;
  private retryMs = RETRY_MIN_MS;
  private wasLive = false;
  private callOffRetry = (): void => undefined;
  private callOffGrace: (() => void) | null = null;
  private callOffClose: (() => void) | null = null;
  private callOffHiding: (() => void) | null = null;

  constructor(parts: LiveFeedParts) {
    this.parts = parts;
  }

  /** Whether what is shown is now. The same object until it changes. */
  readonly current = (): LiveState => this.state;

  /** Tells of every change of `current`; keeps the stream open meanwhile. */
  readonly watch = (onChange: () => void): (() => void) => {
    this.watchers.add(onChange);
    this.keepOpen();
    return () => {
      this.watchers.delete(onChange);
      this.closeWhenUnread();
    };
  };

  /** Hands over every event; keeps the stream open meanwhile. */
  readonly read = (onNews: (news: LiveNews) => void): (() => void) => {
    this.readers.add(onNews);
    this.keepOpen();
    return () => {
      this.readers.delete(onNews);
      this.closeWhenUnread();
    };
  };

  /** Tries again at once. */
  readonly retry = (): void => {
    if (this.state.kind === 'ended') return;
    this.retryMs = RETRY_MIN_MS;
    this.close();
    this.open();
  };

  /** The page went out of sight or came back into it. */
  setHidden(isHidden: boolean): void {
    this.callOffHiding?.();
    this.callOffHiding = null;
    if (isHidden) {
      this.callOffHiding = this.parts.later(() => this.close(), HIDDEN_MS);
    } else if (this.source === null && this.isRead()) {
      this.open();
    }
  }

  private isRead(): boolean {
    return this.readers.size + this.watchers.size > 0;
  }

  private keepOpen(): void {
    this.callOffClose?.();
    this.callOffClose = null;
    if (this.source === null) this.open();
  }

  private closeWhenUnread(): void {
    if (this.isRead() || this.callOffClose) return;
    this.callOffClose = this.parts.later(() => {
      this.callOffClose = null;
      this.close();
    }, LINGER_MS);
  }

  private open(): void {
    if (this.state.kind === 'ended') return;
    this.callOffRetry();
    const source = this.parts.open();
    this.source = source;
    for (const type of TYPES) {
      source.addEventListener(type, (event) => {
        if (this.source === source) this.take(event.data);
      });
    }
    source.addEventListener('error', () => {
      if (this.source !== source) return;
      this.lose(new Date(this.parts.nowMs()).toISOString());
      if (source.readyState === CLOSED) this.reopenLater();
    });
  }

  private reopenLater(): void {
    this.callOffRetry();
    this.callOffRetry = this.parts.later(() => {
      this.close();
      this.open();
    }, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS);
  }

  private close(): void {
    this.callOffRetry();
    this.source?.close();
    this.source = null;
  }

  private take(data: unknown): void {
    const parsed = liveEventSchema.safeParse(typeof data === 'string' ? readJson(data) : null);
    // An event of a newer server is no reason to fail: it was only a hint.
    if (!parsed.success) return;
    const event = parsed.data;
    switch (event.type) {
      case 'ready':
        this.find();
        break;
      case 'stale':
        this.lose(event.since);
        break;
      case 'ended':
        this.close();
        this.become({ kind: 'ended' });
        break;
      case 'registration.changed':
      case 'registration.refused':
      case 'trunk.changed':
      case 'call.started':
      case 'call.ringing':
      case 'call.answered':
      case 'call.ended':
      case 'config.observed':
        this.tell(event);
        break;
    }
  }

  private find(): void {
    this.callOffGrace?.();
    this.callOffGrace = null;
    this.retryMs = RETRY_MIN_MS;
    const mayHaveMissed = this.wasLive;
    this.wasLive = true;
    if (this.state.kind !== 'live') this.become({ kind: 'live' });
    if (mayHaveMissed) this.tell({ type: 'resync' });
  }

  private lose(since: string): void {
    if (this.callOffGrace || this.state.kind === 'lost' || this.state.kind === 'ended') return;
    this.callOffGrace = this.parts.later(() => {
      this.callOffGrace = null;
      this.become({ kind: 'lost', since });
    }, GRACE_MS);
  }

  private become(state: LiveState): void {
    this.state = state;
    for (const watcher of [...this.watchers]) watcher();
  }

  private tell(news: LiveNews): void {
    for (const reader of [...this.readers]) reader(news);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
