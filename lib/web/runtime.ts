import { type Clock, systemClock } from '@/lib/core/clock';
import { createSealer, deriveKey, type Sealer } from '@/lib/infra/crypto';
import { env } from '@/lib/infra/env';
import { createLogger, type Logger } from '@/lib/infra/log';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';

/** What of the environment the web process reads while it answers. */
export interface WebSettings {
  readonly publicUrl: string;
  readonly port: number;
  readonly httpsPort: number | null;
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  /** Whether media passes the switch's own relay: nothing else can be recorded. */
  readonly canRecord: boolean;
  readonly controlPort: number;
  readonly controlSecret: string;
  /** Encrypts session tokens; derived, never the key itself. */
  readonly sessionSecret: string;
}

/** What one web process holds once. */
export interface WebRuntime {
  readonly database: ServicesDatabase;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: WebSettings;
}

/** Connections of the web process at most: pages and API calls are short. */
const POOL_SIZE = 12;
const SLOT = Symbol.for('tollbridge.web.runtime');

type Holder = { [SLOT]?: WebRuntime };

/**
 * The runtime of this process, opened at its first use. It hangs on globalThis because Next loads
 * this module once for each of its bundles, and there is one pool for all of them.
 */
export function webRuntime(): WebRuntime {
  const holder = globalThis as Holder;
  holder[SLOT] ??= openRuntime();
  return holder[SLOT];
}

/** Puts another runtime in place: for tests, which own their database and clock. */
export function replaceWebRuntime(runtime: WebRuntime | undefined): void {
  const holder = globalThis as Holder;
  if (runtime === undefined) delete holder[SLOT];
  else holder[SLOT] = runtime;
}

function openRuntime(): WebRuntime {
  const settings = env();
  const log = createLogger({
    process: 'web',
    level: settings.logLevel,
    format: settings.logFormat,
  });
  const database = connectServices({
    url: settings.databaseUrl,
    max: POOL_SIZE,
    applicationName: 'tollbridge web',
    onIdleError: (error) => log.warn('database.connection_lost', { error }),
  });
  return {
    database,
    sealer: createSealer(settings.secretKey),
    clock: systemClock,
    log,
    settings: {
      publicUrl: settings.publicUrl,
      port: settings.port,
      httpsPort: settings.httpsPort,
      trustedProxies: settings.trustedProxies,
      corsOrigins: settings.corsOrigins,
      canRecord: settings.media === 'relay',
      controlPort: settings.controlPort,
      controlSecret: settings.controlSecret,
      sessionSecret: deriveKey(settings.secretKey, 'web-session').toString('base64url'),
    },
  };
}
