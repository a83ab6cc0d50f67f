import type { ControlClient } from '@/lib/control/client';
import type { Env } from '@/lib/infra/env';
import { createLogger, silentLogger } from '@/lib/infra/log';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';
import { startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import type { MediaEngine } from '@/lib/switch/media/engine';
import { mediaWorkerLocation } from '@/lib/switch/media/worker-location';
import { FakeMedia } from '@/tests/unit/switch/call/fake-media';
import { type BootedSwitch, bootSwitch } from './boot-switch';
import { eventually } from './eventually';
import { Lab } from './lab';
import { labDatabase } from './lab-database';
import type { Tree } from './tree';

/** Where a test's own switch has its media; one runs at a time. */
export const RTP_PORTS = { RTP_PORT_MIN: '22000', RTP_PORT_MAX: '25999' } as const;

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
  /** The built-in relay unless given. */
  readonly media?: (env: Env) => Promise<MediaEngine>;
}

/** Whether no call is left: no dialog, no reservation, no live call, no cent. */
export async function isQuiet(lab: Lab, control: ControlClient): Promise<boolean> {
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
  const lines: string[] = [];
  const log = createLogger({
    process: 'switch',
    level: 'error',
    format: 'json',
    write: (line) => void lines.push(line),
  });
  const booted = await bootSwitch({
    ...{ database, databaseUrl: fresh.appUrl, nodeId: 'test', log, ...options },
    variables: {
      ...RTP_PORTS,
      PUBLIC_URL: 'https://portal.test',
      ...options.variables,
    },
    media:
      options.media ??
      ((env) =>
        startBuiltInEngine({
          ...mediaWorkerLocation(),
          log,
          bindAddress: env.bindAddress,
          publicAddress: env.publicAddress,
          portMin: env.rtpPortMin,
          portMax: env.rtpPortMax,
        })),
  });
  const { env, control } = booted;
  const lab = new Lab({
    ready: { web: '', sip: { udp: `udp:127.0.0.1:${env.sipPort}` } },
    ownerUrl: fresh.ownerUrl,
  });
  return {
    database,
    control,
    lab,
    ports: { sip: env.sipPort, tls: env.sipTlsPort, ws: env.sipWsPort },
    errors: () => lines,
    noneIsLeft: () => eventually(async () => await isQuiet(lab, control)),
    restart: () => booted.restart(),
    close: async () => {
      await booted.stop();
      await lab.close();
      await database.close();
      await fresh.drop();
    },
  };
}

/** The switch of a tree's database, without packets of voice; several nodes may share one. */
export async function startSwitchOf(tree: Tree, nodeId = 'node-a'): Promise<BootedSwitch> {
  return await bootSwitch({
    ...{ database: tree.database, databaseUrl: tree.fresh.appUrl, nodeId, log: silentLogger },
    media: async () => new FakeMedia(),
  });
}
