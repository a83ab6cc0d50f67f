import { assert } from '@/lib/core/errors';

export interface PortPoolOptions {
  /** Pairs lie wholly within [min, max]. */
  readonly min: number;
  readonly max: number;
  /** How long a freed pair rests: the far side may still send to it. */
  readonly quarantineMs: number;
  readonly monotonicMs: () => number;
  /** A whole number from 0 to below its argument, not to be guessed. */
  readonly randomBelow: (bound: number) => number;
}

/**
 * The port pairs of a worker: an even port for RTP, the next for RTCP (RFC 3550 §11). Pairs are
 * taken at random, so that nobody can tell where the next call will be, and rest when freed.
 */
export class PortPool {
  private readonly options: PortPoolOptions;
  private readonly freePorts: number[] = [];
  private readonly taken = new Set<number>();
  /** In order of release; the constant rest keeps them in order of return. */
  private resting: { readonly port: number; readonly untilMs: number }[] = [];

  constructor(options: PortPoolOptions) {
    this.options = options;
    const first = options.min + (options.min % 2);
    for (let port = first; port + 1 <= options.max; port += 2) this.freePorts.push(port);
  }

  get inUse(): number {
    return this.taken.size;
  }

  get quarantined(): number {
    this.wake();
    return this.resting.length;
  }

  get free(): number {
    this.wake();
    return this.freePorts.length;
  }

  /** A pair by its RTP port; null where all are in use or at rest. */
  take(): number | null {
    this.wake();
    const index = this.options.randomBelow(Math.max(1, this.freePorts.length));
    const port = this.freePorts[index];
    const last = this.freePorts.pop();
    if (port === undefined || last === undefined) return null;
    if (index < this.freePorts.length) this.freePorts[index] = last;
    this.taken.add(port);
    return port;
  }

  /** Takes a pair back; it can be had again after its rest. */
  giveBack(port: number): void {
    assert(this.taken.delete(port), 'a port pair is given back once');
    this.rest(port);
  }

  /** Lets free pairs rest first: those that a crashed predecessor used. */
  restFirst(ports: readonly number[]): void {
    for (const port of ports) {
      const index = this.freePorts.indexOf(port);
      if (index < 0) continue;
      this.freePorts.splice(index, 1);
      this.rest(port);
    }
  }

  private rest(port: number): void {
    this.resting.push({ port, untilMs: this.options.monotonicMs() + this.options.quarantineMs });
  }

  private wake(): void {
    const nowMs = this.options.monotonicMs();
    const rested = this.resting.findIndex(({ untilMs }) => untilMs > nowMs);
    const count = rested < 0 ? this.resting.length : rested;
    if (count === 0) return;
    for (const { port } of this.resting.slice(0, count)) this.freePorts.push(port);
    this.resting = this.resting.slice(count);
  }
}
