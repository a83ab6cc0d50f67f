import type { MediaEvent } from '@/lib/switch/media/engine';

/** What a node says of the legs that talk. */
export interface Look {
  readonly sessionId: string;
  /** Whether all of them ought to be heard: the gate is open, nobody is on hold. */
  readonly isDue: boolean;
  /** Unix seconds; null: never. */
  readonly heard: readonly {
    readonly legId: string;
    readonly lastPacketSeconds: number | null;
  }[];
  readonly nowMs: number;
}

/** Finds who has fallen silent in what a node says from time to time. Each silence is told once. */
export class Watch {
  private readonly timeoutMs: number;
  /** Since when sound was due. */
  private dueSinceMs: number | null = null;
  private readonly told = new Set<string>();

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  look({ sessionId, isDue, heard, nowMs }: Look): readonly MediaEvent[] {
    if (!isDue) {
      this.dueSinceMs = null;
      return [];
    }
    this.dueSinceMs ??= nowMs;
    const dueSinceMs = this.dueSinceMs;
    const silences = heard.map(({ legId, lastPacketSeconds }) => {
      const sinceMs = Math.max(dueSinceMs, (lastPacketSeconds ?? 0) * 1_000);
      return { legId, silentMs: nowMs - sinceMs };
    });
    const isSilent = ({ silentMs }: { silentMs: number }): boolean => silentMs >= this.timeoutMs;
    const sessionSilent = silences.every(isSilent);
    return silences.flatMap((silence) => {
      const { legId, silentMs } = silence;
      if (!isSilent(silence)) this.told.delete(legId);
      if (!isSilent(silence) || this.told.has(legId)) return [];
      this.told.add(legId);
      return [{ type: 'inactive' as const, sessionId, legId, silentMs, sessionSilent }];
    });
  }
}
