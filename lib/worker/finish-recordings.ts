import type { Logger } from '@/lib/infra/log';
import { finishDue, type RecordingWorkshop } from '@/lib/services/recordings/finish-due';
import { keepLookOut } from './look-out';

/** Between two looks for calls that have ended and are to become recordings. */
const LOOK_MS = 2_000;
/** How long a stop waits for one that is being made; what is cut off is made anew. */
const PATIENCE_MS = 2_000;

/** Makes recordings of what was captured, one after the other, until `stop`. */
export function startFinishing(workshop: RecordingWorkshop & { readonly log: Logger }): {
  stop(): Promise<void>;
} {
  return keepLookOut({
    look: () => finishDue(workshop),
    everyMs: LOOK_MS,
    patienceMs: PATIENCE_MS,
    onFailed: (error) => workshop.log.warn('recording.look_failed', { error }),
  });
}
