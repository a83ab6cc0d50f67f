import type { CallEnd } from '@/lib/control/facts';
import type { Decks } from '@/lib/core/call-plan/views';
import type { Table } from '@/lib/core/text-table.server';
import type { ChargingGroups } from '@/lib/services/charging/groups';
import type { Settlement } from '@/lib/services/charging/types';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { MediaEngine } from '@/lib/switch/media/engine';
import type { Location } from '@/lib/switch/registrar/location';
import type { CallSounds } from '@/lib/switch/sounds/library';
import type { SipStack } from '@/lib/switch/stack';
import type { TrunkQuality } from '@/lib/switch/trunks/quality';
import type { TrunkRoutes } from '@/lib/switch/trunks/routes';
import type { Call } from './call';
import type { Conversation } from './conversation';
import type { LoopGuard } from './loop-guard';
import type { PickupNames } from './pickup-names';
import type { CallUsage } from './usage';

/** Who wants to know how calls go: the portal's live feed. Hints only; nothing depends on them. */
export interface CallEvents {
  started(call: Call): void;
  ringing(call: Call): void;
  answered(call: Call): void;
  /** A leg left, and the call goes on. */
  left(call: Call): void;
  /** Over; its record follows. */
  over(call: Call): void;
  /**
   * Its record is about to be written. What is returned is told how it was settled; undefined where
   * nobody listens, so that nothing of a call is kept for its record's sake but the record.
   */
  ended(call: Call): OnSettled | undefined;
}

/** Told that a call that is over has been settled. */
export type OnSettled = (outcome: {
  readonly end: CallEnd;
  readonly settlement: Settlement;
}) => void;

/** Whoever records calls. Nothing depends on it. */
export interface CallRecorder {
  /** Two legs of a conversation talk to each other from here on. */
  connected(conversation: Conversation): void;
  /** A conversation has become part of another one. */
  absorbed(conversation: Conversation): void;
  /** For whom a call is recorded, and how that stands. */
  statesOf(call: Call): readonly {
    readonly accountId: string;
    readonly state: 'announcing' | 'recording' | 'paused';
  }[];
}

/** Everything that calls are made of. */
export interface CallEnvironment {
  readonly stack: SipStack;
  readonly directory: SwitchDirectory;
  readonly decks: Decks;
  readonly location: Location;
  readonly usage: CallUsage;
  /** In [0, 1): by what lot routes share calls; absent: none, the heaviest is first. */
  readonly draw?: () => number;
  readonly charging: ChargingGroups;
  /** How long before the funds end whoever pays is warned, the longest first; absent: as usual. */
  readonly warnBeforeMs?: readonly number[];
  readonly media: MediaEngine;
  readonly sounds: CallSounds;
  readonly events: CallEvents;
  readonly loops: LoopGuard;
  readonly pickups: PickupNames;
  /** Absent where no call is ever recorded. */
  readonly recorder?: CallRecorder;
  /** Calls in progress, by id. */
  readonly calls: Table<Call>;
  /** How calls leave over trunks. */
  readonly trunkRoutes: Pick<TrunkRoutes, 'to' | 'redirected' | 'failed' | 'worked' | 'isOf'>;
  /** How calls over trunks come out. */
  readonly trunkQuality: Pick<TrunkQuality, 'attempted' | 'talked'>;
}
