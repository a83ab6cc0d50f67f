import type { Clock } from '@/lib/core/clock';
import type { Table } from '@/lib/core/text-table.server';
import type { Logger } from '@/lib/infra/log';
import type { ConfigRef } from '@/lib/services/configuration/types';
import type { ServicesDatabase } from '@/lib/services/database';
import { recordFraud } from '@/lib/services/fraud/record-fraud';
import { exchangeSpend, loadSettledSpend } from '@/lib/services/limits/daily-spend';
import type { Call } from '@/lib/switch/call/call';
import type { CallObserver } from '@/lib/switch/call/observed-charging';
import type { Chores } from '@/lib/switch/chores';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import { FraudJournal } from './fraud-journal';
import { type CutReason, SpendBook } from './spend-book';

/** How often calls in progress are priced and news is written. */
const LIMITS_MS = 1_000;

export interface LimitRoomOptions {
  readonly env: { readonly nodeId: string };
  readonly database: ServicesDatabase;
  readonly directory: SwitchDirectory;
  readonly calls: Table<Call>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a node keeps of limits and fraud beside the counters of calls. */
export class LimitRoom {
  readonly spend: SpendBook;
  private readonly journal: FraudJournal;
  private readonly options: LimitRoomOptions;

  constructor(options: LimitRoomOptions) {
    this.options = options;
    const { database, directory, clock, log } = options;
    const { nodeId } = options.env;
    const { rules } = directory;
    this.journal = new FraudJournal({
      ...{ clock, log, rules },
      write: (batch) => recordFraud(database, clock, batch),
    });
    this.spend = new SpendBook({
      ...{ rules, clock },
      timeZoneOf: (accountId) => directory.accountById(accountId)?.timeZone ?? 'UTC',
      numberId: (number) => directory.numberByE164(number)?.id,
      load: (questions) => loadSettledSpend(database, nodeId, questions),
      exchange: (news) => exchangeSpend(database, nodeId, news),
      cut: (callId, why) => this.cut(callId, why),
    });
  }

  /** Who has to see every call. */
  get observers(): readonly CallObserver[] {
    return [this.spend, this.journal];
  }

  /** Reads what was spent today; must be done before calls are taken. */
  async start(): Promise<void> {
    await this.spend.start();
  }

  /** What an earlier life left has been settled by now: counts it, and goes on once a second. */
  async follow(chores: Chores): Promise<void> {
    await this.spend.reload();
    chores.every(LIMITS_MS, () => this.beat());
  }

  async beat(): Promise<void> {
    await this.spend.beat();
    await this.journal.flush();
  }

  /** Whoever is limited from now on is counted from now on; whoever was released begins anew. */
  applied(refs: readonly ConfigRef[]): void {
    if (refs.some(({ kind }) => kind === 'call_limit' || kind === 'fraud_profile')) {
      this.spend.watch();
    }
    for (const { kind, objectId } of refs) {
      if (kind !== 'fraud_block') continue;
      const block = this.options.directory.records('fraud_block').get(objectId);
      if (block?.isReleased) this.spend.forgive(block.accountId);
    }
  }

  private cut(callId: string, { rule, profileAccountId }: CutReason): void {
    const { calls, log } = this.options;
    const call = calls.get(callId);
    if (!call || call.isOver) return;
    log.info('call.cut', { callId, accountId: call.facts.accountId, rule });
    if (profileAccountId !== null) this.journal.cut(callId, call.facts, { rule, profileAccountId });
    call.cutOff();
  }
}
