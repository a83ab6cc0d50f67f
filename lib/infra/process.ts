import type { Logger } from './log';

/** What a process that the supervisor started tells it. */
export type ChildMessage =
  | { readonly event: 'ready'; readonly details: Readonly<Record<string, unknown>> }
  | { readonly event: 'refused'; readonly reason: string };

function tellSupervisor(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}

/** Tells the supervisor that this process serves now; does nothing in one started by hand. */
export async function announceReady(
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await tellSupervisor({ event: 'ready', details });
}

/**
 * Tells the supervisor that starting makes no sense, with a line for the person at the terminal
 * (a port is taken …), and exits with 1. The supervisor then stops everything instead of retrying.
 */
export async function refuseToStart(reason: string): Promise<never> {
  await tellSupervisor({ event: 'refused', reason });
  process.exit(1);
}

/**
 * Lets a process outlive whoever reads its output: a supervisor that was killed closes the pipe, and
 * the lines written while stopping in good order must not end the process first.
 */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

export interface StopOptions {
  readonly log: Logger;
  /** Ends calls, closes sockets, writes what is open. */
  readonly stop: (reason: string) => Promise<void>;
  /** After that the process ends however far `stop` got; below the supervisor's own patience of 4.5 s. */
  readonly timeoutMs?: number;
}

/**
 * Stops this process in good order, once: at SIGTERM or SIGINT, or when the supervisor is gone
 * (an orphan would keep the ports). Exits with 0, with 1 when `stop` failed or took too long.
 */
export function stopInGoodOrder({ log, stop, timeoutMs = 4_000 }: StopOptions): void {
  surviveClosedOutput();
  let stopping = false;
  const begin = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    log.info('process.stopping', { reason });
    setTimeout(() => {
      log.error('process.stop_timeout', { timeoutMs });
      process.exit(1);
    }, timeoutMs).unref();
    stop(reason).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('process.stop_failed', { error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
  process.on('disconnect', () => begin('supervisor gone'));
}
