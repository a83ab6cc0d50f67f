import { beforeEach, describe, expect, it } from 'vitest';
import { LiveFeed, type LiveNews, type LiveSource } from '@/lib/client/live-feed';

const AT = '2026-11-21T10:00:00.000Z';
const EXTENSION = '01a1fc2f-6546-72a6-8436-3def07555747';

/** A stream that the test speaks for. */
class FakeSource implements LiveSource {
  readyState = 1;
  isClosed = false;
  private readonly listeners = new Map<string, (event: { data?: unknown }) => void>();

  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.listeners.set(type, listener);
  }

  close(): void {
    this.isClosed = true;
  }

  say(event: { type: string; [name: string]: unknown }): void {
    this.listeners.get(event.type)?.({ data: JSON.stringify(event) });
  }

  sayRaw(type: string, data: string): void {
    this.listeners.get(type)?.({ data });
  }

  break(readyState: number): void {
    this.readyState = readyState;
    this.listeners.get('error')?.({});
  }
}

let sources: FakeSource[];
let nowMs: number;
let timers: { atMs: number; run: () => void }[];
let news: LiveNews[];
let feed: LiveFeed;

function pass(ms: number): void {
  nowMs += ms;
  const due = timers.filter((timer) => timer.atMs <= nowMs);
  timers = timers.filter((timer) => timer.atMs > nowMs);
  for (const timer of due) timer.run();
}

const source = (): FakeSource => {
  const last = sources.at(-1);
  if (!last) throw new Error('no stream was opened');
  return last;
};

beforeEach(() => {
  sources = [];
  timers = [];
  news = [];
  nowMs = Date.parse(AT);
  feed = new LiveFeed({
    open: () => {
      sources.push(new FakeSource());
      return source();
    },
    nowMs: () => nowMs,
    later: (run, afterMs) => {
      const timer = { atMs: nowMs + afterMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  });
});

const registered = {
  type: 'registration.changed',
  at: AT,
  tenantId: EXTENSION,
  extensionId: EXTENSION,
  registered: true,
  cause: 'registered',
  userAgent: 'phone',
  address: '192.0.2.1',
  transport: 'udp',
  expiresAt: AT,
};

describe('the live feed of a page', () => {
  it('is one stream however many read it', () => {
    feed.read((one) => news.push(one));
    feed.read((one) => news.push(one));
    feed.watch(() => undefined);
    expect(sources).toHaveLength(1);
    source().say(registered);
    expect(news.map((one) => one.type)).toEqual(['registration.changed', 'registration.changed']);
  });

  it('is live once the server says so', () => {
    feed.watch(() => undefined);
    expect(feed.current().kind).toBe('connecting');
    source().say({ type: 'ready', at: AT });
    expect(feed.current().kind).toBe('live');
  });

  it('says nothing of a gap that nobody could notice', () => {
    feed.watch(() => undefined);
    source().say({ type: 'ready', at: AT });
    source().break(0);
    pass(2_000);
    source().say({ type: 'ready', at: AT });
    pass(10_000);
    expect(feed.current().kind).toBe('live');
  });

  it('tells since when values are old', () => {
    feed.watch(() => undefined);
    source().say({ type: 'ready', at: AT });
    source().say({ type: 'stale', at: AT, since: AT });
    pass(3_000);
    expect(feed.current()).toEqual({ kind: 'lost', since: AT });
  });

  it('has everything fetched again after a gap, and not at the start', () => {
    feed.read((one) => news.push(one));
    source().say({ type: 'ready', at: AT });
    expect(news).toEqual([]);
    source().break(0);
    pass(5_000);
    source().say({ type: 'ready', at: AT });
    expect(news).toEqual([{ type: 'resync' }]);
    expect(feed.current().kind).toBe('live');
  });

  it('tries again, ever more slowly, where the browser gave up', () => {
    feed.watch(() => undefined);
    source().break(2);
    pass(2_000);
    expect(sources).toHaveLength(2);
    source().break(2);
    pass(2_000);
    expect(sources).toHaveLength(2);
    pass(2_000);
    expect(sources).toHaveLength(3);
  });

  it('is never opened again once the session has ended', () => {
    feed.watch(() => undefined);
    source().say({ type: 'ended', at: AT });
    expect(feed.current().kind).toBe('ended');
    expect(source().isClosed).toBe(true);
    feed.retry();
    pass(60_000);
    expect(sources).toHaveLength(1);
  });

  it('stays open from page to page and closes after its last reader', () => {
    const leave = feed.read(() => undefined);
    leave();
    pass(4_000);
    feed.read(() => undefined)();
    expect(sources).toHaveLength(1);
    pass(6_000);
    expect(source().isClosed).toBe(true);
  });

  it('gives its connection back while the page is out of sight', () => {
    feed.read((one) => news.push(one));
    source().say({ type: 'ready', at: AT });
    feed.setHidden(true);
    pass(60_000);
    expect(source().isClosed).toBe(true);
    feed.setHidden(false);
    expect(sources).toHaveLength(2);
    source().say({ type: 'ready', at: AT });
    expect(news).toEqual([{ type: 'resync' }]);
  });

  it('takes no harm from what it does not understand', () => {
    feed.read((one) => news.push(one));
    source().sayRaw('call.started', '{"half');
    source().say({ type: 'call.started', at: AT });
    expect(news).toEqual([]);
  });
});
