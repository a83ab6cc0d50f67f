import { holdsOther } from '@/lib/protocol/sdp/hold';
import type { Conversation } from './conversation';
import type { Leg } from './leg';

/**
 * Two legs have agreed anew: whoever is held by a phone of ours hears the music of that phone's
 * tenant until it is resumed. Who is held by a carrier or a PBX hears what that one sends.
 */
export async function reviewHold(conversation: Conversation, one: Leg, other: Leg): Promise<void> {
  await Promise.all([review(conversation, one, other), review(conversation, other, one)]);
}

async function review(conversation: Conversation, listener: Leg, holder: Leg): Promise<void> {
  const { environment, sounds } = conversation;
  const { extensionId } = holder.identity;
  if (!isHeld(conversation, listener, holder)) {
    sounds.resumed(listener);
    return;
  }
  const extension = environment.directory.extensionById(extensionId ?? '');
  const music = extension && (await environment.sounds.holdMusic(extension.tenantId));
  // It may have been resumed, or connected with somebody else, while the music was looked for.
  if (!music || !isHeld(conversation, listener, holder)) return;
  sounds.held(listener, { sound: music, times: null });
}

function isHeld(conversation: Conversation, listener: Leg, holder: Leg): boolean {
  if (conversation.isOver || conversation.otherThan(listener) !== holder) return false;
  const said = conversation.media.saidBy(holder.id);
  return said !== null && holdsOther(said);
}
