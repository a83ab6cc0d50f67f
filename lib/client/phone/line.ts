import type { WireBrowserCredential } from '@/lib/services/extensions/schemas';
import type { EndReason, Peer } from './calls';
import type { HeardCounters } from './quality';

/** What a call tells whoever holds it. */
export interface LineCallHandlers {
  rings(): void;
  /** Something is heard before the answer: its ringing, an announcement. */
  heardEarly(): void;
  answered(): void;
  ended(reason: EndReason): void;
  /** The sound of the other end. */
  heard(stream: MediaStream): void;
}

/** A call on a line: what can be done with it. Rejects where the browser or the far side refuses. */
export interface LineCall {
  readonly id: string;
  readonly peer: Peer;
  handlers: LineCallHandlers;
  accept(): Promise<void>;
  /** Ends it, whatever its stage: declines, takes back, hangs up. */
  end(): Promise<void>;
  mute(isMuted: boolean): void;
  hold(isHeld: boolean): Promise<void>;
  sendDigit(digit: string): boolean;
  /** What has been heard so far; null while nothing is. */
  heard(): Promise<HeardCounters | null>;
  /** Speaks through the microphone that is chosen now. */
  changeMicrophone(): Promise<void>;
  /** Blind transfer. Resolves when the far side took it on. */
  transferTo(target: string): Promise<void>;
  /** Attended transfer: the two far ends are put together (Replaces). */
  joinWith(other: LineCall): Promise<void>;
}

/** How the line is doing. `refused`: the credentials don't work, another attempt makes no sense. */
export type LineState = 'connecting' | 'ready' | 'lost' | 'refused';

export interface LineHandlers {
  onState(state: LineState): void;
  onIncoming(call: LineCall): void;
}

/** A registration at the switch, and calls over it. */
export interface Line {
  /**
   * Asks for a call; `number` as it is dialled, `callAs` the number to be shown, E.164; null leaves that
   * to the switch. The microphone is asked for first.
   */
  dial(number: string, callAs: string | null): LineCall;
  /** Newer credentials of the same extension. */
  renew(credential: WireBrowserCredential): void;
  /** Tries to connect now. */
  reconnect(): void;
  close(): Promise<void>;
}

/** Opens a line; its handlers tell what becomes of it. */
export type OpenLine = (credential: WireBrowserCredential, handlers: LineHandlers) => Line;
