import { Dialog, type DialogSnapshot } from '@/lib/protocol/sip/dialog';
import type { SipStack } from '@/lib/switch/stack';

/**
 * Requests that a leg may have sent since its state was stored: refreshes, holds, transfers. CSeq
 * may leave a gap and must not go back (RFC 3261 §12.2.1.1).
 */
const SEQUENCE_GAP = 10_000;

/** Says BYE in every dialog that outlived the switch that made it (`Call.answered` stored them). */
export function sayFarewell(stack: SipStack, dialogs: unknown): void {
  for (const snapshot of snapshotsOf(dialogs)) {
    const localSequence = snapshot.localSequence + SEQUENCE_GAP;
    const dialog = Dialog.restore({ ...snapshot, localSequence });
    const bye = dialog.request('BYE', {
      headers: { reason: 'Q.850;cause=41;text="node failure"' },
    });
    stack.layer.request(bye, dialog.flow, {
      onResponse: () => undefined,
      onFailure: () => undefined,
    });
  }
}

/** The stored dialogs, as far as they are ones. */
function snapshotsOf(dialogs: unknown): DialogSnapshot[] {
  if (dialogs === null || typeof dialogs !== 'object') return [];
  return Object.values(dialogs).filter(
    (value): value is DialogSnapshot =>
      value !== null && typeof value === 'object' && 'remoteTarget' in value && 'flow' in value,
  );
}
