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

/** What is let end by itself before a process stops: the calls of a switch. */
export interface Draining {
  readonly seconds: number;
  /** Resolves when nothing is left, when `seconds` are over, or when `hurry` is aborted. */
  run(hurry: AbortSignal): Promise<void>;
}

export interface StopOptions {
  readonly log: Logger;
  /** Ends calls, closes sockets, writes what is open. */
  readonly stop: (reason: string) => Promise<void>;
  /** After that the process ends however far `stop` got; below the supervisor's own patience of 4.5 s. */
  readonly timeoutMs?: number;
  /** What SIGTERM waits for; SIGINT and a second signal do not. */
  readonly drain?: Draining;
}

/**
 * Stops this process in good order, once: at SIGTERM (which drains first, where there is something
 * to drain) or SIGINT, or when the supervisor is gone (an orphan would keep the ports). A second
 * signal ends the draining. Exits with 0, with 1 when `stop` failed or took too long.
 */
export function stopInGoodOrder({ log, stop, timeoutMs = 4_000, drain }: StopOptions): void {
  surviveClosedOutput();
  const hurry = new AbortController();
  let state: 'running' | 'draining' | 'stopping' = 'running';
  const end = (reason: string): void => {
    if (state === 'stopping') return;
    state = 'stopping';
    hurry.abort();
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
  const terminate = (): void => {
    if (drain === undefined || state !== 'running') {
      end('SIGTERM');
      return;
    }
    state = 'draining';
    log.info('process.draining', { seconds: drain.seconds });
    drain.run(hurry.signal).then(
      () => end('drained'),
      (error: unknown) => {
        log.error('process.drain_failed', { error });
        end('SIGTERM');
      },
    );
  };
  process.on('SIGTERM', terminate);
  process.on('SIGINT', () => end('SIGINT'));
  process.on('disconnect', () => end('supervisor gone'));
}
