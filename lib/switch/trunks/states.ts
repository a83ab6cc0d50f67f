import type { Clock } from '@/lib/core/clock';
import type { TrunkStateRecord } from '@/lib/services/trunks/trunk-states';

/** What may change about a trunk. */
export type TrunkStateChange = Partial<Omit<TrunkStateRecord, 'trunkId'>>;

const UNKNOWN: Omit<TrunkStateRecord, 'trunkId'> = {
  registration: null,
  registeredUntilMs: null,
  registrationAtMs: null,
  health: null,
  healthAtMs: null,
  roundTripMs: null,
  errorStatus: null,
  errorText: null,
  demotedUntilMs: null,
  demotedWhy: null,
  contacts: null,
};

/** How trunks do: in memory here, told to one listener, written behind in groups. */
export class TrunkStates {
  private readonly states = new Map<string, TrunkStateRecord>();
  private readonly dirty = new Set<string>();
  private readonly clock: Clock;
  private readonly onChange: (state: TrunkStateRecord) => void;

  constructor(clock: Clock, onChange: (state: TrunkStateRecord) => void) {
    this.clock = clock;
    this.onChange = onChange;
  }

  of(trunkId: string): TrunkStateRecord {
    return this.states.get(trunkId) ?? { trunkId, ...UNKNOWN };
  }

  /** Notes a change; "since when" follows by itself. A new round trip alone is not told. */
  set(trunkId: string, change: TrunkStateChange): void {
    const before = this.of(trunkId);
    const nowMs = this.clock.nowMs();
    const after: TrunkStateRecord = {
      ...before,
      ...change,
      ...(isNew(before.registration, change.registration) ? { registrationAtMs: nowMs } : {}),
      ...(isNew(before.health, change.health) ? { healthAtMs: nowMs } : {}),
    };
    this.states.set(trunkId, after);
    this.dirty.add(trunkId);
    this.onChange(after);
  }

  /** What was read at start: neither told nor written. */
  restore(trunkId: string, change: TrunkStateChange): void {
    this.states.set(trunkId, { ...this.of(trunkId), ...change });
  }

  /** A trunk that is gone has no state. */
  forget(trunkId: string): void {
    this.states.delete(trunkId);
    this.dirty.delete(trunkId);
  }

  /** What changed since the last time, to be written. */
  drain(): readonly TrunkStateRecord[] {
    const changed = [...this.dirty].flatMap((id) => this.states.get(id) ?? []);
    this.dirty.clear();
    return changed;
  }

  /** Puts back what could not be written. */
  undrain(states: readonly TrunkStateRecord[]): void {
    for (const { trunkId } of states) if (this.states.has(trunkId)) this.dirty.add(trunkId);
  }
}

function isNew<T>(before: T, after: T | undefined): boolean {
  return after !== undefined && after !== before;
}
