import type { Env } from '@/lib/infra/env';

export interface WebOriginsOptions {
  readonly env: Pick<Env, 'publicUrl' | 'corsOrigins' | 'bindAddress'>;
  /** Whether a host is the SIP domain of a tenant. */
  isTenantDomain(host: string): boolean;
  /** Hosts that resellers have proved to own. */
  loadPortalHosts(): Promise<readonly string[]>;
}

/**
 * Which web pages may connect by WebSocket (RFC 7118 §10, RFC 6455 §10.2): the portal's own, those
 * on verified domains of resellers and on tenants' SIP domains, and the origins that the API's CORS
 * setting names. What is no browser sends no Origin, and is let in to prove its secret. An
 * installation bound to loopback trusts pages of this machine: that is where it is tried out.
 */
export class WebOrigins {
  private readonly options: WebOriginsOptions;
  private readonly origins: ReadonlySet<string>;
  private hosts: ReadonlySet<string> = new Set();

  constructor(options: WebOriginsOptions) {
    this.options = options;
    this.origins = new Set([options.env.publicUrl, ...options.env.corsOrigins]);
  }

  /** Reads the verified domains anew. */
  async refresh(): Promise<void> {
    this.hosts = new Set(await this.options.loadPortalHosts());
  }

  isAllowed(origin: string | undefined): boolean {
    if (origin === undefined || this.origins.has(origin)) return true;
    if (!URL.canParse(origin)) return false;
    const { hostname, protocol } = new URL(origin);
    if (protocol !== 'https:' && protocol !== 'http:') return false;
    if (isLoopbackHost(this.options.env.bindAddress) && isLoopbackHost(hostname)) return true;
    return this.hosts.has(hostname) || this.options.isTenantDomain(hostname);
  }
}

function isLoopbackHost(host: string): boolean {
  return (
    host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host)
  );
}
