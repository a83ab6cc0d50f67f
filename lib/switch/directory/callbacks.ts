import type { OpenCallback } from '@/lib/services/emergency/record-emergency-call';

/** Numbers kept at most; the oldest are forgotten. Calls for help are few. */
const MAX_KEPT = 10_000;

/** Numbers on which somebody who called for help may be called back, for an hour. */
export class Callbacks {
  /** By number, the oldest first. */
  private readonly open = new Map<string, OpenCallback>();

  /** From now on the number rings the phone that showed it last. */
  note(callback: OpenCallback): void {
    this.open.delete(callback.e164);
    this.open.set(callback.e164, callback);
    const oldest = this.open.size > MAX_KEPT ? this.open.keys().next() : undefined;
    if (oldest && !oldest.done) this.open.delete(oldest.value);
  }

  /** Whom a number rings through to; undefined where it is a number like any other. */
  find(e164: string, atMs: number): OpenCallback | undefined {
    if (this.open.size === 0) return undefined;
    const callback = this.open.get(e164);
    if (callback === undefined || callback.untilMs > atMs) return callback;
    this.open.delete(e164);
    return undefined;
  }

  /** Whether a number still rings through to an extension. */
  isOpenFor(extensionId: string): boolean {
    if (this.open.size === 0) return false;
    for (const callback of this.open.values()) {
      if (callback.extensionId === extensionId) return true;
    }
    return false;
  }

  /** Forgets those whose hour is over. */
  sweep(nowMs: number): void {
    for (const [e164, { untilMs }] of this.open) {
      if (untilMs <= nowMs) this.open.delete(e164);
    }
  }
}
