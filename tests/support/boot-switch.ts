import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ControlClient, createControlClient } from '@/lib/control/client';
import { type Env, parseSettled } from '@/lib/infra/env';
import type { Logger } from '@/lib/infra/log';
import { ensureSelfSigned } from '@/lib/infra/tls/self-signed';
import { openTlsStore } from '@/lib/infra/tls/store';
import type { ServicesDatabase } from '@/lib/services/database';
import type { MediaEngine } from '@/lib/switch/media/engine';
import { Switch } from '@/lib/switch/switch';
import { LAB_SECRET_KEY } from './lab-database';
import { freePorts } from './ports';

const HOST = '127.0.0.1';
const CONTROL_SECRET = 'a secret between two processes of a test';

export interface BootOptions {
  readonly database: ServicesDatabase;
  readonly databaseUrl: string;
  readonly nodeId: string;
  readonly log: Logger;
  /** On top of free ports for everything. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Neither limited nor banned; nobody unless given. */
  readonly exempt?: readonly string[];
  media(env: Env): Promise<MediaEngine>;
}

/** A switch in this very process: real sockets, a real database. */
export interface BootedSwitch {
  readonly env: Env;
  readonly control: ControlClient;
  /** Stops it and starts it again on the same database, as a crash of the process would not. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a switch on free ports of loopback, with a certificate and a data directory of its own. */
export async function bootSwitch(options: BootOptions): Promise<BootedSwitch> {
  const { database, log, exempt = [] } = options;
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tollbridge-switch-'));
  const names = ['SIP_PORT', 'SIP_TLS_PORT', 'SIP_WS_PORT', 'SIP_WSS_PORT', 'PORT', 'CONTROL_PORT'];
  const ports = await freePorts(names.length);
  const env = parseSettled(
    {
      DATA_DIR: dataDir,
      DATABASE_URL: options.databaseUrl,
      SECRET_KEY: LAB_SECRET_KEY,
      CONTROL_SECRET,
      NODE_ID: options.nodeId,
      BIND_ADDRESS: HOST,
      ...Object.fromEntries(names.map((name, at) => [name, String(ports[at])])),
      ...options.variables,
    },
    process.cwd(),
  );
  ensureSelfSigned(dataDir, [HOST], Date.now());
  const tls = openTlsStore({ ...env, log });
  const start = async (): Promise<Switch> => {
    const media = await options.media(env);
    const made = new Switch({ env, database, log, media, tls, exempt, native: undefined });
    await made.start();
    return made;
  };
  let running = await start();
  return {
    env,
    control: createControlClient({ port: env.controlPort, secret: CONTROL_SECRET }),
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      await running.stop();
      tls.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
