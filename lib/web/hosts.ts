import { findPortalDomain, type VerifiedDomain } from '@/lib/services/identity/portal-domains';
import { HOST_HEADER, isSecure, stampsAreReal } from './request-facts';
import type { WebRuntime } from './runtime';

/** The host a request was made to, checked against what this installation answers for. */
export interface RequestHost {
  /** Host and port as the browser wrote them, lower case: a session's audience. */
  readonly host: string;
  readonly secure: boolean;
  /** Scheme, host and port: safe to build links from. On an unknown host it is PUBLIC_URL's. */
  readonly origin: string;
  /** Whether the host is the platform's own or a verified domain. Nobody signs in on others. */
  readonly known: boolean;
  /** Whose verified domain it is; null for the platform's own hosts and for unknown ones. */
  readonly domain: VerifiedDomain | null;
}

/** A host's place is read again after this time. */
const CACHE_MS = 10_000;
/** Names kept at most: forged Host headers must not fill the memory. */
const CACHE_MAX = 500;

const HOST_PATTERN = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/;

interface Cached {
  readonly domain: VerifiedDomain | null;
  readonly untilMs: number;
}
const caches = new WeakMap<WebRuntime, Map<string, Cached>>();

/** Which host a request was made to, and what may be trusted about that. */
export async function requestHost(runtime: WebRuntime, headers: Headers): Promise<RequestHost> {
  const { settings } = runtime;
  const written = (stampsAreReal() ? headers.get(HOST_HEADER) : null) ?? headers.get('host') ?? '';
  const host = written.trim().toLowerCase();
  const publicUrl = new URL(settings.publicUrl);
  const unknown = { host, secure: false, origin: publicUrl.origin, known: false, domain: null };
  if (!HOST_PATTERN.test(host)) return unknown;
  if (host === publicUrl.host) return known(host, publicUrl.protocol === 'https:', null);
  if (isLocal(host, settings.port)) return known(host, false, null);
  if (settings.httpsPort !== null && isLocal(host, settings.httpsPort)) {
    return known(host, true, null);
  }
  const domain = await portalDomain(runtime, hostnameOf(host));
  if (domain === null) return unknown;
  return known(host, isSecure(headers, host, settings.publicUrl), domain);
}

function known(host: string, secure: boolean, domain: VerifiedDomain | null): RequestHost {
  return { host, secure, origin: `${secure ? 'https' : 'http'}://${host}`, known: true, domain };
}

/** The machine itself, at the port it listens on. */
function isLocal(host: string, port: number): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].some((name) => host === `${name}:${port}`);
}

function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, '');
}

async function portalDomain(runtime: WebRuntime, hostname: string): Promise<VerifiedDomain | null> {
  let cache = caches.get(runtime);
  if (!cache) {
    cache = new Map();
    caches.set(runtime, cache);
  }
  const nowMs = runtime.clock.nowMs();
  const hit = cache.get(hostname);
  if (hit && hit.untilMs > nowMs) return hit.domain;
  const domain = await findPortalDomain(runtime.database, hostname);
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(hostname, { domain, untilMs: nowMs + CACHE_MS });
  return domain;
}
