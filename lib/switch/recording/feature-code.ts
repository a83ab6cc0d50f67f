/** What keys in a call stand for. */
export type FeatureAction = 'pause' | 'resume';

/** Keys that whoever has a call recorded presses while a card number is said. */
const CODES: Readonly<Record<string, FeatureAction>> = { '*72': 'pause', '*73': 'resume' };
const CODE_KEYS = 3;
/** Who takes longer for the next key is doing something else. */
const NEXT_KEY_MS = 3_000;

/** A code that was pressed, and when its first key was. */
export interface PressedCode {
  readonly action: FeatureAction;
  readonly sinceMs: number;
}

/** Finds codes among the keys of one leg. */
export class FeatureCodes {
  private keys = '';
  private sinceMs = 0;
  private lastMs = Number.NEGATIVE_INFINITY;

  /** The code that this key completes; null: none yet. */
  press(key: string, nowMs: number): PressedCode | null {
    if (key === '*' || nowMs - this.lastMs > NEXT_KEY_MS) this.keys = '';
    if (this.keys === '') this.sinceMs = nowMs;
    this.lastMs = nowMs;
    // A longer one is none: it is not kept.
    this.keys = this.keys.length < CODE_KEYS ? this.keys + key : '-'.repeat(CODE_KEYS);
    const action = CODES[this.keys];
    return action === undefined ? null : { action, sinceMs: this.sinceMs };
  }
}
