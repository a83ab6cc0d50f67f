import type { Logger } from '@/lib/infra/log';

/** What is done again and again; one that fails is told and done again all the same. */
export class Chores {
  private readonly log: Logger;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(log: Logger) {
    this.log = log;
  }

  every(intervalMs: number, work: () => void | Promise<void>): void {
    this.timers.push(
      setInterval(() => {
        Promise.resolve()
          .then(work)
          .catch((error: unknown) => this.log.error('switch.timer', { error }));
      }, intervalMs),
    );
  }

  stop(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }
}
