import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ControlClient, createControlClient } from '@/lib/control/client';
import { parseSettled } from '@/lib/infra/env';
import { createLogger } from '@/lib/infra/log';
import { ensureSelfSigned } from '@/lib/infra/tls/self-signed';
import { openTlsStore } from '@/lib/infra/tls/store';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';
import { startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import { mediaWorkerLocation } from '@/lib/switch/media/worker-location';
import { Switch } from '@/lib/switch/switch';
import { eventually } from './eventually';
import { Lab } from './lab';
import { LAB_SECRET_KEY, labDatabase } from './lab-database';
import { freePorts } from './ports';

const CONTROL_SECRET = 'a secret between two processes of a test';
const RTP_FIRST = 22_000;
const RTP_LAST = 25_999;

/** The switch with the lab's people, in this very process: real sockets, a real database. */
export interface RunningSwitch {
  readonly database: ServicesDatabase;
  readonly control: ControlClient;
  /** What the database says happened. */
  readonly lab: Lab;
  readonly ports: { readonly sip: number; readonly tls: number; readonly ws: number };
  /** What it logged as an error so far. */
  errors(): readonly string[];
  /** Waits until no call is left: no dialog, no reservation, no live call, no cent. */
  noneIsLeft(): Promise<void>;
  /** Stops it and starts it again on the same database, as a crash of the process would not. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface RunningSwitchOptions {
  /** Neither limited nor banned; nobody unless given. */
  readonly exempt?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

async function isQuiet(lab: Lab, control: ControlClient): Promise<boolean> {
  const { dialogs, mediaSessions, mediaPortPairs } = (await control.send('status', {})).inUse;
  const left = Object.values(await lab.leftovers());
  return dialogs + mediaSessions + mediaPortPairs === 0 && left.every((figure) => figure === '0');
}

/** Starts a switch on free ports; for suites that attack it or look inside. */
export async function startSwitch(options: RunningSwitchOptions = {}): Promise<RunningSwitch> {
  const fresh = await labDatabase();
  const database = connectServices({
    url: fresh.appUrl,
    max: 8,
    applicationName: 'test',
    onIdleError: () => undefined,
  });
  const dataDir = mkdtempSync(path.join(tmpdir(), 'running-switch-'));
  const [sip = 0, tls = 0, ws = 0, wss = 0, web = 0, controlPort = 0] = await freePorts(6);
  const env = parseSettled(
    {
      DATA_DIR: dataDir,
      DATABASE_URL: fresh.appUrl,
      SECRET_KEY: LAB_SECRET_KEY,
      CONTROL_PORT: String(controlPort),
      CONTROL_SECRET,
      NODE_ID: 'test',
      PORT: String(web),
      SIP_PORT: String(sip),
      SIP_TLS_PORT: String(tls),
      SIP_WS_PORT: String(ws),
      SIP_WSS_PORT: String(wss),
      RTP_PORT_MIN: String(RTP_FIRST),
      RTP_PORT_MAX: String(RTP_LAST),
      PUBLIC_URL: 'https://portal.test',
      ...options.variables,
    },
    process.cwd(),
  );
  ensureSelfSigned(dataDir, ['127.0.0.1'], Date.now());
  const lines: string[] = [];
  const log = createLogger({
    process: 'switch',
    level: 'error',
    format: 'json',
    write: (line) => void lines.push(line),
  });
  const start = async (): Promise<Switch> => {
    const media = await startBuiltInEngine({
      ...mediaWorkerLocation(),
      log,
      bindAddress: env.bindAddress,
      publicAddress: env.publicAddress,
      portMin: env.rtpPortMin,
      portMax: env.rtpPortMax,
    });
    const store = openTlsStore({ ...env, log });
    const made = new Switch({
      env,
      database,
      log,
      media,
      tls: store,
      exempt: options.exempt ?? [],
      native: undefined,
    });
    await made.start();
    return made;
  };
  let running = await start();
  const control = createControlClient({ port: controlPort, secret: CONTROL_SECRET });
  const lab = new Lab({
    ready: { web: '', sip: { udp: `udp:127.0.0.1:${sip}` } },
    ownerUrl: fresh.ownerUrl,
  });
  return {
    database,
    control,
    lab,
    ports: { sip, tls, ws },
    errors: () => lines,
    noneIsLeft: () => eventually(async () => await isQuiet(lab, control)),
    restart: async () => {
      await running.stop();
      running = await start();
    },
    close: async () => {
      await running.stop();
      await lab.close();
      await database.close();
      await fresh.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
