import { randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { isIP } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { newToken } from '@/lib/infra/crypto';
import { type Env, EnvError, type Settings } from '@/lib/infra/env';
import { holderOf } from './instance-lock';
import { keepText } from './kept';
import { freeLoopbackPort, type WantedPort } from './ports';

/** Where this run keeps its data, and whether that goes away with it. */
export interface DataDirectory {
  readonly dataDir: string;
  readonly throwAway: boolean;
}

const PREFIX = 'tollbridge-scenario-';
const ABANDONED_MS = 60_000;

/** Throw-away directories whose run was killed. */
function sweepAbandoned(): void {
  for (const name of readdirSync(os.tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const directory = path.join(os.tmpdir(), name);
    try {
      const old = Date.now() - statSync(directory).mtimeMs > ABANDONED_MS;
      if (old && holderOf(directory) === null) rmSync(directory, { recursive: true, force: true });
    } catch {
      // somebody else's, or just gone
    }
  }
}

/** DATA_DIR, or for a scenario without one a directory that is removed at the end. */
export function openDataDirectory(settings: Settings): DataDirectory {
  const throwAway = settings.scenario !== null && !settings.dataDirGiven;
  if (throwAway) sweepAbandoned();
  const dataDir = throwAway ? mkdtempSync(path.join(os.tmpdir(), PREFIX)) : settings.dataDir;
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EnvError(`DATA_DIR: ${dataDir} can't be used: ${reason}`, { cause: error });
  }
  return { dataDir, throwAway };
}

/** Whether an address is reached from this machine alone. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** The lab's secrets are known to everybody: it is never reachable from outside. */
export function refuseExposedScenario(settings: Settings): void {
  const { scenario, bindAddress, sipBindAddresses } = settings;
  const exposed = [bindAddress, ...sipBindAddresses].find((address) => !isLoopback(address));
  if (scenario !== null && exposed !== undefined) {
    throw new EnvError(
      `BIND_ADDRESS: the ${scenario} has well-known secrets and binds to loopback only, not to ${exposed}`,
    );
  }
}

/** Every port this run is about to listen on, RTP aside: media takes what is free in its range. */
export function wantedPorts(settings: Settings): WantedPort[] {
  const address = settings.bindAddress;
  const tcp = (name: string, port: number | null): WantedPort[] =>
    port === null ? [] : [{ name, port, protocol: 'tcp', address }];
  const sip = (name: string, port: number, protocol: 'udp' | 'tcp' = 'tcp'): WantedPort[] =>
    settings.sipBindAddresses.map((bound) => ({ name, port, protocol, address: bound }));
  return [
    ...tcp('PORT', settings.port),
    ...tcp('HTTPS_PORT', settings.httpsPort),
    ...sip('SIP_PORT', settings.sipPort, 'udp'),
    ...sip('SIP_PORT', settings.sipPort),
    ...sip('SIP_TLS_PORT', settings.sipTlsPort),
    ...sip('SIP_WS_PORT', settings.sipWsPort),
    ...sip('SIP_WSS_PORT', settings.sipWssPort),
  ];
}

/** The names that the self-signed certificate speaks for. */
export function certificateNames(settings: Settings): string[] {
  const own = [
    new URL(settings.publicUrl).hostname.replace(/^\[|\]$/g, ''),
    settings.publicAddress,
  ];
  const bound = [settings.bindAddress, ...settings.sipBindAddresses].filter(
    (address) => address !== '0.0.0.0' && address !== '::',
  );
  return [...new Set(['localhost', '127.0.0.1', ...bound, ...own])];
}

/** What the processes work with: keys made or read, internal ports chosen. */
export async function settleEnv(settings: Settings, appUrl: string): Promise<Env> {
  const { dataDir } = settings;
  return {
    ...settings,
    databaseUrl: appUrl,
    secretKey: settings.secretKey ?? keepText(dataDir, 'secret-key', () => newToken(48)),
    controlPort: await freeLoopbackPort(),
    controlSecret: newToken(32),
    nodeId: keepText(dataDir, 'node-id', () => `node-${randomUUID()}`),
  };
}

/** Host and port as they are written in an address. */
export function hostPort(host: string, port: number): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** The address at which this machine itself reaches what is bound to `bind`. */
export function localAddress(bind: string): string {
  if (bind === '0.0.0.0') return '127.0.0.1';
  return bind === '::' ? '::1' : bind;
}

/**
 * Makes a folder and those above it, for us alone; one that is there must be a folder. Not mkdir's own "recursive": that one never ends where the system says ENOENT below a
 * folder that is there (/proc).
 */
function makeFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found) throw new Error(`ENOTDIR: ${folder} is a file`);
  const above = path.dirname(folder);
  if (above !== folder) makeFolder(above);
  mkdirSync(folder, { mode: 0o700 });
}
