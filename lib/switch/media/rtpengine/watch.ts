import type { MediaEvent } from '@/lib/switch/media/engine';

/** What a node says of the legs that talk. */
export interface Look {
  readonly sessionId: string;
  /** Whether all of them ought to be heard: the gate is open, nobody is on hold. */
  readonly isDue: boolean;
  readonly legs: readonly { readonly legId: string; readonly packets: number }[];
  readonly nowMs: number;
}

interface Heard {
  packets: number;
  /** When that was new, or sound became due. */
  sinceMs: number;
  isTold: boolean;
}

/**
 * Finds who has fallen silent in what a node counts from time to time; its clock may be another than
 * ours. Each silence is told once.
 */
export class Watch {
  private readonly timeoutMs: number;
  private readonly heard = new Map<string, Heard>();

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  look({ sessionId, isDue, legs, nowMs }: Look): readonly MediaEvent[] {
    if (!isDue) {
      this.heard.clear();
      return [];
    }
    for (const { legId, packets } of legs) this.note(legId, packets, nowMs);
    for (const legId of [...this.heard.keys()]) {
      if (!legs.some((leg) => leg.legId === legId)) this.heard.delete(legId);
    }
    const isSilent = ({ sinceMs }: Heard): boolean => nowMs - sinceMs >= this.timeoutMs;
    const sessionSilent = [...this.heard.values()].every(isSilent);
    return [...this.heard].flatMap(([legId, heard]) => {
      if (!isSilent(heard) || heard.isTold) return [];
      heard.isTold = true;
      const silentMs = nowMs - heard.sinceMs;
      return [{ type: 'inactive' as const, sessionId, legId, silentMs, sessionSilent }];
    });
  }

  private note(legId: string, packets: number, nowMs: number): void {
    const before = this.heard.get(legId);
    if (before?.packets === packets) return;
    this.heard.set(legId, { packets, sinceMs: nowMs, isTold: false });
  }
}
