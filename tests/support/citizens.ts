import { setTimeout as sleep } from 'node:timers/promises';
import { labIdentity, RawPhone } from './raw-phone';

/** People do not dial without end: media ports rest for ten seconds after each call. */
const BETWEEN_ROUNDS_MS = 50;
const QUIET_ROUNDS = 3;

/** What two well-behaved phones went through. */
export interface CitizensReport {
  readonly rounds: number;
  /** What did not go as it should, in words. */
  readonly complaints: readonly string[];
  /** The slowest round: two registrations and a call from INVITE to BYE. */
  readonly slowestMs: number;
}

/**
 * Two phones of a tenant that register and call each other over and over, at addresses that nobody
 * exempts. Whoever attacks beside them: they must not notice.
 */
export class Citizens {
  private readonly caller: RawPhone;
  private readonly callee: RawPhone;
  /** What a round takes on this machine, as busy as it is, when nobody attacks. */
  quietMs = 0;

  private constructor(caller: RawPhone, callee: RawPhone) {
    this.caller = caller;
    this.callee = callee;
  }

  static async open(port: number): Promise<Citizens> {
    const citizens = new Citizens(
      await RawPhone.open(port, '127.0.0.50', labIdentity('acme', '101')),
      await RawPhone.open(port, '127.0.0.51', labIdentity('acme', '102')),
    );
    for (let round = 0; round < QUIET_ROUNDS; round += 1) {
      const { report } = await citizens.beside(async () => undefined);
      citizens.quietMs = Math.max(citizens.quietMs, report.slowestMs);
    }
    return citizens;
  }

  close(): void {
    this.caller.close();
    this.callee.close();
  }

  /** Goes on until the work is done, one round more at least. */
  async beside<T>(work: () => Promise<T>): Promise<{ result: T; report: CitizensReport }> {
    let isOver = false;
    const complaints: string[] = [];
    let rounds = 0;
    let slowestMs = 0;
    const living = (async () => {
      for (let last = false; ; rounds += 1) {
        const startedAt = performance.now();
        complaints.push(...(await this.round()));
        slowestMs = Math.max(slowestMs, performance.now() - startedAt);
        if (last) return;
        await sleep(BETWEEN_ROUNDS_MS);
        last = isOver;
      }
    })();
    try {
      const result = await work();
      isOver = true;
      await living;
      return { result, report: { rounds, complaints, slowestMs } };
    } finally {
      isOver = true;
      await living.catch(() => undefined);
    }
  }

  private async round(): Promise<string[]> {
    const { caller, callee } = this;
    const complaints: string[] = [];
    const check = (what: string, status: number): void => {
      if (status !== 200) complaints.push(`${what}: ${status}`);
    };
    try {
      check('REGISTER of the caller', await caller.register());
      check('REGISTER of the callee', await callee.register());
      const answer = await caller.invite('102');
      const why = answer.header('warning') ?? answer.header('reason') ?? answer.reason;
      check(`INVITE (${why})`, answer.status);
      if (answer.status === 200) {
        caller.send(caller.wire(caller.within(answer, 'ACK', answer.cseq.sequence)));
        const bye = caller.within(answer, 'BYE', answer.cseq.sequence + 1);
        check('BYE', (await caller.ask(bye)).status);
      }
    } catch (error) {
      complaints.push(String(error));
    }
    caller.received.length = 0;
    callee.received.length = 0;
    return complaints;
  }
}
