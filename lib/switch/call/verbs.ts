import { newId } from '@/lib/core/ids.server';
import type { ExtensionRecord } from '@/lib/switch/directory/directory';
import type { Call } from './call';
import { NO_FORWARDS } from './call-start';
import { dial } from './dial';
import { type LinkedOutcome, runLinkedCall } from './linked-call';
import { asMember } from './member';
import type { ProgressStatus } from './party';
import { ownProvenance } from './provenance';
import { TalkingParty } from './talking-party';

/**
 * What an application does with a call beside dialling its plan (call/dial.ts): answers it itself,
 * then dials for it at somebody's expense. Menus, queues and mailboxes are made of these; what they
 * play and record comes with them.
 */

/**
 * Answers the caller with nobody on the other side: it is heard by none and hears nothing until it
 * is connected. Its clock starts like that of any call. False: the caller is gone.
 */
export async function answer(call: Call): Promise<boolean> {
  const { caller, media, environment } = call;
  const { offer, leg } = caller;
  if (offer === null) return false;
  const nobody = { id: newId(environment.stack.clock.nowMs()), flow: leg.flow };
  // Our own description is said back to us: the relay never sends to its own ports.
  const said = await media.offerTo(nobody.id, { leg, offer }, { protection: 'plain' });
  const told = await media.answer(nobody, leg, said);
  await caller.readyToAnswer?.();
  if (call.isOver || !call.linkAnswered(told)) return false;
  media.gate('open');
  return true;
}

/** Whom to dial for a caller that talks to the application, by whose rights and at whose expense. */
export interface DialFor {
  readonly onBehalfOf: ExtensionRecord;
  /** As that extension would dial it. */
  readonly dialled: string;
  readonly onProgress?: (status: ProgressStatus) => void;
}

/**
 * Dials for a caller that was answered, as a priced call of its own, and connects the two. Where it
 * fails the caller is still there: the application goes on.
 */
export async function dialFor(call: Call, wanted: DialFor): Promise<LinkedOutcome> {
  const { conversation, environment, caller } = call;
  const { onBehalfOf, dialled, onProgress } = wanted;
  const party = new TalkingParty(conversation, caller.leg, {
    onProgress: (status) => onProgress?.(status),
    onAnswered: () => undefined,
  });
  return await runLinkedCall(
    {
      environment,
      conversation,
      link: { callId: call.callId, kind: 'transfer' },
      onBehalfOf: asMember(onBehalfOf),
      dialled,
      party,
      shown: call.shown,
      history: NO_FORWARDS,
      provenance: ownProvenance(environment.loops.begin()),
    },
    dial,
  );
}
