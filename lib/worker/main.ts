import { systemClock } from '@/lib/core/clock';
import { createSealer } from '@/lib/infra/crypto';
import { env } from '@/lib/infra/env';
import { createLogger } from '@/lib/infra/log';
import { announceReady, stopInGoodOrder } from '@/lib/infra/process';
import { connectServices } from '@/lib/services/database';
import { openImportDesk } from '@/lib/services/deck-imports/import-desk';
import { startJobs } from '@/lib/services/jobs/start-jobs';
import { readScenario } from '@/lib/services/maintenance/scenario';
import { openWorkshop } from '@/lib/services/recordings/open-workshop';
import { startBeating } from './beat';
import { startDeckWork } from './deck-work';
import { startDelivering } from './deliver';
import { startFinishing } from './finish-recordings';

/** Connections beside those of the jobs: heartbeat, deliveries, imports, maintenance. */
const POOL_SIZE = 6;

const settings = env();
const log = createLogger({
  process: 'worker',
  level: settings.logLevel,
  format: settings.logFormat,
});
const database = connectServices({
  url: settings.databaseUrl,
  max: POOL_SIZE,
  applicationName: 'tollbridge worker',
  onIdleError: (error) => log.warn('database.connection_lost', { error }),
});
const clock = systemClock;

const beating = await startBeating({ database, clock, log, nodeId: `${settings.nodeId}:worker` });
const sealer = createSealer(settings.secretKey);
const workshop = openWorkshop({ database, clock, log, sealer, settings });
const imports = openImportDesk({ database, clock, log });
const jobs = await startJobs({ database, clock, log, workshop, imports }, settings.databaseUrl);
const finishing = startFinishing(workshop);
const deckWork = startDeckWork({ ...imports, sealer });
const delivering = startDelivering({
  database,
  clock,
  log,
  sealer,
  allowPrivate: (await readScenario(database)) === 'lab',
});

stopInGoodOrder({
  log,
  async stop() {
    await Promise.all([delivering.stop(), finishing.stop(), deckWork.stop(), jobs.stop()]);
    await beating.stop();
    await database.close();
  },
});
await announceReady();
log.info('worker.ready');
