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

/** Connections of the switch: holds, answers, settlements (with those that wait for somebody), bindings and configuration at once. */
const CONNECTIONS = 12;

/** The lab's own clients; any other loopback address counts as the internet there. */
const LAB_CLIENTS = ['127.0.0.1', '127.0.0.9'];

/** The media engine that was chosen. */
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
  const media = await startMedia(settings, log);
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
    log.error('switch.start', { error });
    const reason = error instanceof Error ? error.message : String(error);
    await refuseToStart(`The switch can't start: ${reason}`);
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
