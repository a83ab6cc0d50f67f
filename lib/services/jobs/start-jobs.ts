import { type JobRunner, startJobRunner } from '@/lib/infra/jobs/job-runner';
import { type JobContext, jobTasks } from './tasks';

/** Runs the background jobs until `stop`, over connections of its own. */
export async function startJobs(context: JobContext, databaseUrl: string): Promise<JobRunner> {
  const tasks = jobTasks(context);
  const runner = await startJobRunner({ url: databaseUrl, tasks, log: context.log });
  // A database that stood still past the turn of a year must not wait for the first of the month.
  await runner.add('ensurePartitions', {}, 'ensurePartitions at start');
  return runner;
}
