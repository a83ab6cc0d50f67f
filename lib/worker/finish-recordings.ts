import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@/lib/infra/log';
import { finishDue, type RecordingWorkshop } from '@/lib/services/recordings/finish-due';

/** Between two looks for calls that have ended and are to become recordings. */
const LOOK_MS = 2_000;
/** How long a stop waits for one that is being made; what is cut off is made anew. */
const PATIENCE_MS = 2_000;

/** Makes recordings of what was captured, one after the other, until `stop`. */
export function startFinishing(workshop: RecordingWorkshop & { readonly log: Logger }): {
  stop(): Promise<void>;
} {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const look = (): void => {
    running = finishDue(workshop)
      .catch((error: unknown) => {
        workshop.log.warn('recording.look_failed', { error });
        return false;
      })
      .then((wasDone) => {
        if (!stopped) timer = setTimeout(look, wasDone ? 0 : LOOK_MS);
      });
  };

  look();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await Promise.race([running, sleep(PATIENCE_MS)]);
    },
  };
}
