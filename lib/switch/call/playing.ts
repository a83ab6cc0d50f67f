interface Played {
  readonly playbackId: number;
  readonly done: (isToTheEnd: boolean) => void;
}

/** What is played to the legs of a session, and who waits for its end. */
export class Playing {
  private readonly byLeg = new Map<string, Played>();

  /** Resolves when it has ended by itself (true), or was ended; what was played before is over. */
  begin(legId: string, playbackId: number): Promise<boolean> {
    this.end(legId);
    return new Promise((resolve) => this.byLeg.set(legId, { playbackId, done: resolve }));
  }

  /** It has come to its end; one that another took the place of has been told so before. */
  ended(legId: string, playbackId: number): void {
    if (this.byLeg.get(legId)?.playbackId === playbackId) this.forget(legId, true);
  }

  /** Nothing is played to a leg any more. */
  end(legId: string): void {
    this.forget(legId, false);
  }

  endAll(): void {
    for (const legId of [...this.byLeg.keys()]) this.end(legId);
  }

  private forget(legId: string, isToTheEnd: boolean): void {
    const played = this.byLeg.get(legId);
    this.byLeg.delete(legId);
    played?.done(isToTheEnd);
  }
}
