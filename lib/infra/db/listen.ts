import pg from 'pg';

export interface ListenOptions {
  readonly url: string;
  readonly channel: string;
  readonly applicationName: string;
  /** Called after each (re)connection and, coalesced, after notifications. */
  onNotice(reason: 'connected' | 'notified'): void;
  onError(error: Error): void;
}

export interface Listener {
  close(): Promise<void>;
}

/** At most one call of `onNotice` in this time, however many notifications arrive. */
const COALESCE_MS = 10;
const RECONNECT_MIN_MS = 250;
const RECONNECT_MAX_MS = 10_000;

/**
 * Listens on a channel over a connection of its own, which it replaces when it is lost.
 * Notifications are hints: whoever must not miss a change also reads from time to time.
 */
export function listenForNotices(options: ListenOptions): Listener {
  let closed = false;
  let client: pg.Client | undefined;
  let retryMs = RECONNECT_MIN_MS;
  let retryTimer: NodeJS.Timeout | undefined;
  let noticeTimer: NodeJS.Timeout | undefined;

  const lose = (lost: pg.Client, error: Error | undefined) => {
    if (client !== lost || closed) return;
    client = undefined;
    lost.removeAllListeners();
    lost.on('error', () => undefined);
    lost.end().catch(() => undefined);
    if (error) options.onError(error);
    retryTimer = setTimeout(() => connect(), retryMs);
    retryMs = Math.min(retryMs * 2, RECONNECT_MAX_MS);
  };

  const notice = () => {
    noticeTimer ??= setTimeout(() => {
      noticeTimer = undefined;
      if (!closed) options.onNotice('notified');
    }, COALESCE_MS);
  };

  const connect = () => {
    if (closed) return;
    const fresh = new pg.Client({
      connectionString: options.url,
      application_name: options.applicationName,
      keepAlive: true,
    });
    client = fresh;
    fresh.on('error', (error) => lose(fresh, error));
    fresh.on('end', () => lose(fresh, undefined));
    fresh.on('notification', notice);
    fresh
      .connect()
      .then(() => fresh.query(`LISTEN ${pg.escapeIdentifier(options.channel)}`))
      .then(() => {
        if (client !== fresh || closed) return;
        retryMs = RECONNECT_MIN_MS;
        options.onNotice('connected');
      })
      .catch((error: Error) => lose(fresh, error));
  };

  connect();
  return {
    async close() {
      closed = true;
      clearTimeout(retryTimer);
      clearTimeout(noticeTimer);
      const last = client;
      client = undefined;
      if (last) await last.end().catch(() => undefined);
    },
  };
}
