import type { Clock } from '@/lib/core/clock';
import type { Sealer } from '@/lib/infra/crypto';
import type { Env } from '@/lib/infra/env';
import type { Logger } from '@/lib/infra/log';
import { blobStore } from '@/lib/infra/storage/blob-store';
import type { ServicesDatabase } from '@/lib/services/database';
import { captureDirectory, makeCaptureDirectory } from './capture-place';
import type { RecordingWorkshop } from './finish-due';

/** Where this installation makes its recordings: captures and blobs of its data directory. */
export function openWorkshop(options: {
  readonly database: ServicesDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sealer: Sealer;
  readonly settings: Pick<Env, 'dataDir' | 'nodeId'>;
}): RecordingWorkshop {
  const { database, clock, log, sealer, settings } = options;
  const directory = captureDirectory(settings.dataDir);
  makeCaptureDirectory(directory);
  return {
    ...{ database, log, sealer, directory },
    blobs: blobStore(),
    nodeId: settings.nodeId,
    nowMs: () => clock.nowMs(),
  };
}
