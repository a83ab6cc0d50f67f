import { Logger as JobLogger, parseCronItems, run } from 'graphile-worker';
import pg from 'pg';
import type { Logger } from '@/lib/infra/log';

/** Work that is done in the background; throwing makes it be tried again, later each time. */
export interface JobTask {
  readonly name: string;
  run(payload: unknown): Promise<void>;
  /** When it runs by itself, as five crontab fields in UTC; absent: only when asked for. */
  readonly cron?: string;
  /** Tries at most; the library's own 25 take days. */
  readonly maxAttempts?: number;
}

export interface JobRunnerOptions {
  readonly url: string;
  readonly tasks: readonly JobTask[];
  readonly log: Logger;
}

export interface JobRunner {
  /** Asks for a job now; the same `key` is asked for once, however often it is called. */
  add(name: string, payload: unknown, key?: string): Promise<void>;
  /** Waits for what runs, then stops; unfinished jobs are run by the next one. */
  stop(): Promise<void>;
}

const SCHEMA = 'graphile_worker';
/** Jobs at once, and a connection each; two more for listening and for asking. */
const CONCURRENCY = 4;
const POOL_SIZE = CONCURRENCY + 2;
/** How long a job may go on after a stop was asked for; below the process's own patience of 4 s. */
const SHUTDOWN_MS = 3_000;
const DEFAULT_ATTEMPTS = 5;

/** Runs jobs until it is stopped. `migrateJobs` must have prepared the schema. */
export async function startJobRunner(options: JobRunnerOptions): Promise<JobRunner> {
  const { tasks, log } = options;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: POOL_SIZE,
    application_name: 'tollbridge jobs',
  });
  const lost = (error: Error): void => log.warn('jobs.connection_lost', { error });
  pool.on('error', lost);
  pool.on('connect', (client) => {
    client.on('error', lost);
  });
  const attempts = new Map(
    tasks.map((task) => [task.name, task.maxAttempts ?? DEFAULT_ATTEMPTS] as const),
  );
  const runner = await run({
    pgPool: pool,
    schema: SCHEMA,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: SHUTDOWN_MS,
    logger: toJobLogger(log),
    taskList: Object.fromEntries(tasks.map((task) => [task.name, (payload) => task.run(payload)])),
    parsedCronItems: parseCronItems(
      tasks.flatMap(({ name, cron, maxAttempts = DEFAULT_ATTEMPTS }) =>
        // A run that was missed while nothing ran is made up for within a day.
        cron
          ? [{ task: name, match: cron, options: { backfillPeriod: 86_400_000, maxAttempts } }]
          : [],
      ),
    ),
  });
  return {
    async add(name, payload, key) {
      const maxAttempts = attempts.get(name) ?? DEFAULT_ATTEMPTS;
      await runner.addJob(name, payload, { maxAttempts, ...(key ? { jobKey: key } : {}) });
    },
    async stop() {
      await runner.stop();
      await pool.end();
    },
  };
}

/** The library's messages are prose: they go out as one event, at its level or below. */
function toJobLogger(log: Logger): JobLogger {
  return new JobLogger(() => (level, message, meta) => {
    const fields = { message, meta };
    if (level === 'error') log.error('jobs.library', fields);
    else if (level === 'warning') log.warn('jobs.library', fields);
    else log.debug('jobs.library', fields);
  });
}
