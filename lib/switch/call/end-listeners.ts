/** Who wants to know when something is over; nothing is kept while nobody does. */
export class EndListeners {
  private listeners: Set<() => void> | undefined;
  private isTold = false;

  /** Calls back when it is over, at once if it is; what is returned calls it off. */
  add(listener: () => void): () => void {
    if (this.isTold) {
      listener();
      return () => undefined;
    }
    this.listeners ??= new Set();
    this.listeners.add(listener);
    return () => {
      this.listeners?.delete(listener);
      if (this.listeners?.size === 0) this.listeners = undefined;
    };
  }

  /** It is over. */
  tell(): void {
    this.isTold = true;
    for (const listener of this.listeners ?? []) listener();
  }
}
