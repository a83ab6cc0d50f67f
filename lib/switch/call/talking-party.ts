import { withoutHold } from '@/lib/protocol/sdp/direction';
import type { LegFacts, LegResult } from '@/lib/services/charging/types';
import type { Conversation } from './conversation';
import type { HangUpCause, Leg } from './leg';
import type { CallingParty, ProgressStatus, Refusal } from './party';
import { reconnect } from './reconnect';

/** A call for somebody who talks starts anew: how that one came here is not its target's business. */
const MAX_FORWARDS = 70;

/** What whoever had the call dialled wants to know of it. */
export interface TalkingPartyEvents {
  onProgress(status: ProgressStatus): void;
  /** Somebody answered; the two are connected when this returns. */
  onAnswered(): void;
}

/** A leg that talks already, as the caller of a further call: transferred, or led by an application. */
export class TalkingParty implements CallingParty {
  readonly isOwn: boolean = false;
  readonly maxForwards = MAX_FORWARDS;
  readonly needsTls = false;
  readonly leg: Leg;
  protected readonly conversation: Conversation;
  private readonly events: TalkingPartyEvents;

  constructor(conversation: Conversation, leg: Leg, events: TalkingPartyEvents) {
    this.conversation = conversation;
    this.leg = leg;
    this.events = events;
  }

  /** What it said last; a hold of whoever it talked to is over. */
  get offer(): Buffer | null {
    const said = this.conversation.media.saidBy(this.leg.id);
    return said && withoutHold(said);
  }

  /** It hears that the other one rings, until that is heard by itself. */
  progress(status: ProgressStatus): void {
    if (status === 180) this.conversation.sounds.ringing(this.leg, this.country);
    else if (status === 183) this.conversation.sounds.rangOut(this.leg);
    this.events.onProgress(status);
  }

  answer(_sdp: Buffer, onLateAnswer?: (sdp: Buffer | null) => void): boolean {
    if (!this.leg.isTalking || onLateAnswer) return false;
    this.events.onAnswered();
    return true;
  }

  /** The offer was its old description; now it hears of the new one, and of the end of any hold. */
  connected(leg: Leg): void {
    const { media, environment } = this.conversation;
    reconnect(media, { from: leg, to: this.leg }).catch((error: unknown) => {
      environment.stack.log.info('call.reconnect', { error });
    });
  }

  /** Where it leads nowhere the conversation goes on; whoever had it dialled decides what then. */
  refuse(_refusal: Refusal): void {
    this.conversation.sounds.rangOut(this.leg);
  }

  hangUp(_cause: HangUpCause): void {
    this.conversation.sounds.rangOut(this.leg);
  }

  facts(): LegFacts {
    return { ...this.leg.facts(), seq: 0 };
  }

  result(codec: string | null): LegResult {
    return { ...this.leg.result(codec), seq: 0 };
  }

  /** As the network at home rings: that of whoever's call it is. */
  private get country(): string {
    const { conversation, leg } = this;
    const tenantId = conversation.callOf(leg)?.facts.tenantId ?? '';
    return conversation.environment.directory.tenantById(tenantId)?.country ?? '';
  }
}
