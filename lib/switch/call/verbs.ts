import type { ExtensionRecord } from '@/lib/switch/directory/directory';
import type { Playback } from '@/lib/switch/media/sound';
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
 * plays to it, then dials for it at somebody's expense. Menus, queues and mailboxes are made of these.
 */

/**
 * Lets the caller hear us before the answer (183 with a description of ours): what is said to it costs
 * nothing. False: the caller is gone, or made no offer that could be answered.
 */
export async function early(call: Call): Promise<boolean> {
  const { caller, media } = call;
  const { offer, leg } = caller;
  if (offer === null) return false;
  const told = await media.host(leg, offer);
  if (call.isOver) return false;
  caller.progress(183, told);
  return true;
}

/**
 * Answers the caller with nobody on the other side: it is heard by none and hears what is played to
 * it, until it is connected. Its clock starts like that of any call. False: the caller is gone.
 */
export async function answer(call: Call): Promise<boolean> {
  const { caller, media } = call;
  const { offer, leg } = caller;
  if (offer === null) return false;
  const told = await media.host(leg, offer);
  await caller.readyToAnswer?.();
  if (call.isOver || !call.linkAnswered(told)) return false;
  media.gate('open');
  return true;
}

/** Plays to the caller; resolves when that has ended, or the caller is gone. */
export async function play(call: Call, playback: Playback): Promise<void> {
  if (!call.isOver) await call.media.play(call.caller.leg.id, playback);
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
