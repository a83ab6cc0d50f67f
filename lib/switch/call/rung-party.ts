import type { Conversation } from './conversation';
import type { HangUpCause, Leg } from './leg';
import type { Refusal } from './party';
import { TalkingParty } from './talking-party';

/**
 * A phone that was rung so that it may call: it talks already, to nobody, and its call is its own.
 * Where that leads nowhere the phone is hung up on.
 */
export class RungParty extends TalkingParty {
  override readonly isOwn = true;

  constructor(conversation: Conversation, leg: Leg) {
    super(conversation, leg, {
      onProgress: () => undefined,
      onAnswered: () => undefined,
    });
  }

  override refuse({ status, q850 }: Refusal): void {
    this.leg.hangUp({ q850: q850 ?? 31, text: `refused with ${status}` });
  }

  override hangUp(cause: HangUpCause): void {
    this.leg.hangUp(cause);
  }
}
