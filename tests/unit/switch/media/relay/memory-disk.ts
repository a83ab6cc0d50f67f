import type { CaptureDisk, Done } from '@/lib/switch/media/relay/capture-disk';

/** Files in memory; `isStuck`: nothing is done until it is let go. */
export class MemoryDisk implements CaptureDisk {
  readonly files = new Map<string, Buffer>();
  isFull = false;
  private stuck: (() => void)[] | null = null;

  /** From now on nothing is done. */
  stick(): void {
    this.stuck = [];
  }

  /** What was asked for meanwhile is done. */
  letGo(): void {
    const waiting = this.stuck ?? [];
    this.stuck = null;
    for (const one of waiting) one();
  }

  create(path: string, opened: Parameters<CaptureDisk['create']>[1]): void {
    this.soon(() => {
      if (this.files.has(path)) {
        opened(new Error('exists'), null);
        return;
      }
      this.files.set(path, Buffer.alloc(0));
      opened(null, {
        append: (parts, done) => this.append(path, Buffer.concat(parts), done),
        close: (done) => this.soon(() => done(null)),
      });
    });
  }

  remove(path: string, done: Done): void {
    this.soon(() => {
      this.files.delete(path);
      done(null);
    });
  }

  private append(path: string, bytes: Buffer, done: Done): void {
    this.soon(() => {
      if (this.isFull) {
        done(new Error('ENOSPC'));
        return;
      }
      this.files.set(path, Buffer.concat([this.files.get(path) ?? Buffer.alloc(0), bytes]));
      done(null);
    });
  }

  private soon(work: () => void): void {
    if (this.stuck) this.stuck.push(work);
    else work();
  }
}
