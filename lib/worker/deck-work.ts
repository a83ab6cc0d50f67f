import type { ImportDesk } from '@/lib/services/deck-imports/import-desk';
import { importDue } from '@/lib/services/deck-imports/import-due';
import { type ActivationContext, activateDue } from '@/lib/services/decks/activate-due';
import { impactDue } from '@/lib/services/decks/impact-due';
import { keepLookOut } from './look-out';

/** Between two looks: somebody watches an import's page; a price changes on the second. */
const LOOK_MS = 1_000;
/** How long a stop waits; an import or a replay that is cut off begins again. */
const PATIENCE_MS = 2_000;

/**
 * Activates decks when their time has come, and works on imports and replays, each one after the
 * other and beside each other: a long import makes no activation late.
 */
export function startDeckWork(desk: ImportDesk & ActivationContext): { stop(): Promise<void> } {
  const rest = { everyMs: LOOK_MS, patienceMs: PATIENCE_MS };
  const onFailed = (error: unknown): void => desk.log.warn('deck.look_failed', { error });
  const works = [
    keepLookOut({ ...rest, onFailed, look: () => activateDue(desk) }),
    keepLookOut({ ...rest, onFailed, look: (signal) => importDue(desk, signal) }),
    keepLookOut({ ...rest, onFailed, look: (signal) => impactDue(desk, signal) }),
  ];
  return {
    async stop() {
      await Promise.all(works.map((work) => work.stop()));
    },
  };
}
