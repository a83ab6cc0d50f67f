/** Datagrams are counted over so long. */
const WINDOW_MS = 10;
/** 3,000 a second: the next one is a third of a millisecond away, about 400 calls a second. */
const BUSY_DATAGRAMS = 30;
/** Without any for so long the rush is over, whatever the last window counted. */
const PATIENCE_MS = 5;

/** What it stands on: a monotonic clock, and a turn of the event loop that does not wait. */
export interface BusyPollingOptions {
  readonly nowMs: () => number;
  readonly nextTurn: (callback: () => void) => void;
}

/**
 * Looks for the next datagram instead of sleeping until it comes, while they come thick: as the
 * kernel's own busy polling (`SO_BUSY_POLL`) does for whoever may set it. A processor that was let go
 * for 50 µs comes back slow (on a virtual machine the host has to give it back first): at half load
 * calls cost twice the processor time of full load, and waited for each other.
 *
 * It takes what is left of one processor while at least 3,000 datagrams a second arrive, and nothing
 * below that.
 */
export class BusyPolling {
  private readonly options: BusyPollingOptions;
  private windowBeganMs = 0;
  private counted = 0;
  private isBusy = false;
  private isPolling = false;
  private lastMs = 0;

  constructor(options: BusyPollingOptions) {
    this.options = options;
  }

  /** Datagrams came in. */
  arrived(count: number): void {
    this.counted += count;
    const nowMs = this.options.nowMs();
    this.lastMs = nowMs;
    const windowMs = nowMs - this.windowBeganMs;
    if (windowMs >= WINDOW_MS) {
      this.isBusy = this.counted * WINDOW_MS >= BUSY_DATAGRAMS * windowMs;
      this.windowBeganMs = nowMs;
      this.counted = 0;
    }
    if (!this.isBusy || this.isPolling) return;
    this.isPolling = true;
    this.options.nextTurn(this.poll);
  }

  private readonly poll = (): void => {
    if (!this.isBusy || this.options.nowMs() - this.lastMs >= PATIENCE_MS) {
      this.isPolling = false;
      return;
    }
    this.options.nextTurn(this.poll);
  };
}
