import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createSecureContext, type SecureContext, type Server, type TlsOptions } from 'node:tls';
import type { Logger } from '@/lib/infra/log';
import { selfSignedFiles, type TlsPair } from './self-signed';

export interface TlsStoreOptions {
  readonly dataDir: string;
  /** The operator's own pair; null: the self-signed one of the data directory. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly log: Logger;
  /** How often changed files are looked for. */
  readonly pollMs?: number;
}

/**
 * The certificates of this installation: one for everybody, and by SNI those of
 * `DATA_DIR/tls/<host>.crt` and `.key`. Changed files are taken up without a restart; a pair that
 * can't be used is logged and the one before stays.
 */
export interface TlsStore {
  /** For tls.createServer and https.createServer. */
  options(): TlsOptions;
  /** Gives the server new certificates as they appear, for clients that send no SNI too. */
  follow(server: Server): void;
  /** Looks for changed files now. */
  refresh(): void;
  close(): void;
}

interface Files {
  readonly cert: string;
  readonly key: string;
}

interface Loaded {
  readonly stamp: string;
  readonly pair: TlsPair;
  readonly context: SecureContext;
}

/** Host names that may become file names. */
const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
/** Names asked for that have no pair are remembered too: bounded, anybody can send any name. */
const MAX_HOSTS = 1_000;

function stampOf({ cert, key }: Files): string | null {
  try {
    return [cert, key]
      .map((file) => statSync(file))
      .map((stat) => `${stat.ino}:${stat.size}:${stat.mtimeMs}`)
      .join(' ');
  } catch {
    return null;
  }
}

function load(files: Files, stamp: string): Loaded {
  const pair = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
  return { stamp, pair, context: createSecureContext(pair) };
}

/** Opens the store; throws where the pair for everybody can't be used. */
export function openTlsStore(options: TlsStoreOptions): TlsStore {
  const { log, pollMs = 5_000 } = options;
  const own = selfSignedFiles(options.dataDir);
  const fallback = { cert: options.tlsCert ?? own.cert, key: options.tlsKey ?? own.key };
  let current = load(fallback, stampOf(fallback) ?? '');
  const hosts = new Map<string, Loaded | null>();
  const servers = new Set<Server>();

  const reload = (files: Files, before: Loaded | null): Loaded | null => {
    const stamp = stampOf(files);
    if (stamp === null) return null;
    if (stamp === before?.stamp) return before;
    try {
      const loaded = load(files, stamp);
      log.info('tls.loaded', { file: files.cert });
      return loaded;
    } catch (error) {
      log.error('tls.unusable', { file: files.cert, error });
      return before === null ? null : { ...before, stamp };
    }
  };
  const filesOf = (host: string): Files => {
    const base = path.join(options.dataDir, 'tls', host);
    return { cert: `${base}.crt`, key: `${base}.key` };
  };
  const contextFor = (name: string): SecureContext => {
    const host = name.toLowerCase();
    if (!HOST.test(host) || host === 'self-signed') return current.context;
    const known = hosts.get(host);
    if (known !== undefined) return known?.context ?? current.context;
    const found = reload(filesOf(host), null);
    if (hosts.size >= MAX_HOSTS) hosts.clear();
    hosts.set(host, found);
    return found?.context ?? current.context;
  };
  const refresh = (): void => {
    for (const [host, loaded] of hosts) {
      const fresh = reload(filesOf(host), loaded);
      if (fresh === null) hosts.delete(host);
      else hosts.set(host, fresh);
    }
    const fresh = reload(fallback, current);
    if (fresh === null || fresh === current) return;
    current = fresh;
    for (const server of servers) server.setSecureContext(fresh.pair);
  };
  const poll = setInterval(refresh, pollMs);
  poll.unref();

  return {
    options: () => ({
      ...current.pair,
      SNICallback: (name, done) => done(null, contextFor(name)),
    }),
    follow(server) {
      servers.add(server);
      server.once('close', () => servers.delete(server));
    },
    refresh,
    close: () => clearInterval(poll),
  };
}
