import { runCallLoad } from './support/call-load';
import type { LoadJob } from './support/load';
import { runRegisterLoad } from './support/register-load';

/** A process of its own: what makes the load must not share a loop with what measures. */
process.once('message', (job: LoadJob) => {
  const run = job.kind === 'call' ? runCallLoad : runRegisterLoad;
  run(job).then(
    (result) => process.send?.({ result }, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(`generator: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
