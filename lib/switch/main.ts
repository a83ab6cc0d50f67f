import { type Env, env } from '@/lib/infra/env';
import { createLogger, type Logger } from '@/lib/infra/log';
import { announceReady, refuseToStart, stopInGoodOrder } from '@/lib/infra/process';
import { openTlsStore } from '@/lib/infra/tls/store';
import { loadUdpAddon } from '@/lib/protocol/native/addon';
import { createNativeDatagrams } from '@/lib/protocol/native/native-datagrams';
import { connectServices } from '@/lib/services/database';
import { readScenario } from '@/lib/services/maintenance/scenario';
import { startBuiltInEngine } from './media/built-in-engine';
import { DirectEngine } from './media/direct-engine';
import type { MediaEngine } from './media/engine';
import { startRtpengine } from './media/rtpengine/engine';
import { mediaWorkerLocation } from './media/worker-location';
import { Switch } from './switch';

/** Connections of the switch: holds, answers, settlements, bindings and configuration at once. */
const CONNECTIONS = 8;

/** The lab's own clients; any other loopback address counts as the internet there. */
const LAB_CLIENTS = ['127.0.0.1', '127.0.0.9'];

/** The media engine that was chosen. Rejects where it can't be had. */
async function startMedia(settings: Env, log: Logger): Promise<MediaEngine> {
  switch (settings.media) {
    case 'direct':
      return new DirectEngine();
    case 'rtpengine':
      return await startRtpengine({ nodes: settings.rtpengine, log });
    case 'relay':
      return await startBuiltInEngine({
        ...mediaWorkerLocation(),
        log,
        bindAddress: settings.bindAddress,
        publicAddress: settings.publicAddress,
        portMin: settings.rtpPortMin,
        portMax: settings.rtpPortMax,
        native: settings.sipNative,
      });
  }
}

/** Tells the person at the terminal why, and ends. */
async function cantStart(log: Logger, error: unknown): Promise<never> {
  log.error('switch.start', { error });
  const reason = error instanceof Error ? error.message : String(error);
  return await refuseToStart(`The switch can't start: ${reason}`);
}

async function main(): Promise<void> {
  const settings = env();
  const log = createLogger({
    process: 'switch',
    level: settings.logLevel,
    format: settings.logFormat,
  });
  const database = connectServices({
    url: settings.databaseUrl,
    max: CONNECTIONS,
    applicationName: 'tollbridge-switch',
    onIdleError: (error) => log.warn('database.idle', { error }),
  });
  const media = await startMedia(settings, log).catch((error: unknown) => cantStart(log, error));
  const tls = openTlsStore({ ...settings, log });
  const addon = settings.sipNative ? loadUdpAddon() : undefined;
  const theSwitch = new Switch({
    env: settings,
    database,
    log,
    media,
    tls,
    native: addon && createNativeDatagrams(addon),
    exempt: [
      ...((await readScenario(database)) === 'lab' ? LAB_CLIENTS : []),
      // All browsers behind a proxy come from its address: a ban of one would be a ban of all.
      ...settings.trustedProxies,
    ],
  });
  try {
    await theSwitch.start();
  } catch (error) {
    await cantStart(log, error);
  }
  const { drainSeconds } = settings;
  stopInGoodOrder({
    log,
    drain: { seconds: drainSeconds, run: (hurry) => theSwitch.drain(drainSeconds, hurry) },
    stop: async () => {
      await theSwitch.stop();
      tls.close();
      await database.close();
    },
  });
  await announceReady();
}

await main();
