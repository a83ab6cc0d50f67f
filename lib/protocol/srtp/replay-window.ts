/** RFC 3711 §3.3.2 asks for 64 at least. */
const WINDOW = 128;
const WORD_BITS = 32;

/** Which of the last indices have been seen (RFC 3711 §3.3.2): each is taken once. */
export class ReplayWindow {
  private readonly words = new Int32Array(WINDOW / WORD_BITS);
  private highest = -1;

  /** Whether an index is neither known nor too old to be known. */
  isFresh(index: number): boolean {
    if (index > this.highest) return true;
    if (this.isPast(index)) return false;
    return (this.wordOf(index) & bitOf(index)) === 0;
  }

  /** Whether an index is too old to be known, rather than seen. */
  isPast(index: number): boolean {
    return this.highest - index >= WINDOW;
  }

  /** Notes an index that is fresh. */
  note(index: number): void {
    if (index > this.highest) this.moveTo(index);
    this.words[wordAt(index)] = this.wordOf(index) | bitOf(index);
  }

  private moveTo(index: number): void {
    if (index - this.highest >= WINDOW) this.words.fill(0);
    else {
      for (let passed = this.highest + 1; passed <= index; passed += 1) {
        this.words[wordAt(passed)] = this.wordOf(passed) & ~bitOf(passed);
      }
    }
    this.highest = index;
  }

  private wordOf(index: number): number {
    return this.words[wordAt(index)] ?? 0;
  }
}

/** Indices have up to 48 bits: they wrap by division, not by a mask of 32. */
const wordAt = (index: number): number => Math.floor((index % WINDOW) / WORD_BITS);
const bitOf = (index: number): number => 1 << (index % WORD_BITS);
