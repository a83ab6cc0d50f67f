import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface SoakReport {
  readonly figures: Readonly<Record<string, number>>;
  /** What went wrong, a line each; none = it held. */
  readonly complaints: readonly string[];
}

/** Something that runs for a while under trouble and must come out of it whole. */
export interface Soak {
  readonly name: string;
  readonly about: string;
  run(options: {
    readonly runMs: number;
    /** How much of it in a second, where a soak can be told; its own measure unless given. */
    readonly perSecond?: number | undefined;
    readonly say: (line: string) => void;
  }): Promise<SoakReport>;
}

/** What the heap holds once the garbage is gone. */
export function liveHeapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}
