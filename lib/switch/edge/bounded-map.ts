/**
 * A map that forgets what has not been looked at for longest. Two generations: when the younger
 * half is full the older one goes as a whole; a look moves an entry to the younger.
 */
export class BoundedMap<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();
  private readonly maxYoung: number;

  constructor(maxEntries: number) {
    this.maxYoung = Math.max(Math.floor(maxEntries / 2), 1);
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  get(key: string): Value | undefined {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const value = this.old.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.old.delete(key);
    if (this.young.size >= this.maxYoung && !this.young.has(key)) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  delete(key: string): boolean {
    const wasYoung = this.young.delete(key);
    return this.old.delete(key) || wasYoung;
  }

  *[Symbol.iterator](): IterableIterator<[string, Value]> {
    yield* this.old;
    yield* this.young;
  }
}
