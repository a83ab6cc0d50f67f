import type { Clock } from '@/lib/core/clock';
import type { JobTask } from '@/lib/infra/jobs/job-runner';
import type { Logger } from '@/lib/infra/log';
import type { ServicesDatabase } from '@/lib/services/database';
import type { ImportDesk } from '@/lib/services/deck-imports/import-desk';
import { purgeImports } from '@/lib/services/deck-imports/purge-imports';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { ensurePartitions } from '@/lib/services/maintenance/ensure-partitions';
import { purgeExpired } from '@/lib/services/maintenance/purge-expired';
import { chargeDueNumbers } from '@/lib/services/numbers/charge-due';
import { expireNumbers } from '@/lib/services/numbers/expire-numbers';
import type { RecordingWorkshop } from '@/lib/services/recordings/finish-due';
import { purgeRecordings } from '@/lib/services/recordings/purge-recordings';

export interface JobContext {
  readonly database: ServicesDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where recordings are; they run out, too. */
  readonly workshop?: RecordingWorkshop;
  /** Where price lists wait that nobody went on with. */
  readonly imports?: ImportDesk;
}

/** What runs in the background, and when (UTC). */
export function jobTasks(context: JobContext): readonly JobTask[] {
  const { database, clock, log, workshop, imports } = context;
  return [
    {
      name: 'ensurePartitions',
      cron: '15 1 1 * *',
      async run() {
        const made = await ensurePartitions(database, clock.nowMs());
        log.info('partitions.ensured', { made });
      },
    },
    {
      name: 'purgeExpired',
      cron: '*/15 * * * *',
      async run() {
        const purged = await purgeExpired(database, clock.nowMs());
        log.debug('expired.purged', { ...purged });
        const recordings = workshop ? await purgeRecordings(workshop) : 0;
        if (recordings > 0) log.info('recordings.purged', { recordings });
        const lists = imports ? await purgeImports(imports) : 0;
        if (lists > 0) log.info('deck_imports.purged', { imports: lists });
      },
    },
    {
      name: 'chargeNumbers',
      cron: '*/10 * * * *',
      async run() {
        const freed = await expireNumbers({ database, clock });
        const done = await chargeDueNumbers({ database, clock });
        if (freed + done.charged + done.unpaid > 0) log.info('numbers.charged', { freed, ...done });
      },
    },
    {
      name: 'verifyLedger',
      cron: '30 2 * * *',
      // What does not balance does not balance the second time either: it is told, not retried.
      maxAttempts: 1,
      async run() {
        const verdict = await verifyLedger(database);
        const { broken, figures } = verdict;
        if (verdict.ok) log.info('ledger.verified', { ...figures });
        else log.error('ledger.broken', { broken, ...figures });
      },
    },
  ];
}
