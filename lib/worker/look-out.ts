import { setTimeout as sleep } from 'node:timers/promises';

/** Work that is looked for. */
export interface LookOut {
  /** Does what is due, if anything is; true where something was, and more may be. */
  look(signal: AbortSignal): Promise<boolean>;
  /** Between two looks while nothing is due. */
  readonly everyMs: number;
  /** How long a stop waits for what is under way; what is cut off must be safe to begin again. */
  readonly patienceMs: number;
  onFailed(error: unknown): void;
}

/** Does what becomes due, one thing after the other, until `stop`; `signal` then asks for an end. */
export function keepLookOut({ look, everyMs, patienceMs, onFailed }: LookOut): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const once = (): void => {
    running = look(stopping.signal)
      .catch((error: unknown) => {
        onFailed(error);
        return false;
      })
      .then((wasDone) => {
        if (!stopping.signal.aborted) timer = setTimeout(once, wasDone ? 0 : everyMs);
      });
  };

  once();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await Promise.race([running, sleep(patienceMs)]);
    },
  };
}
