import type { Clock } from '@/lib/core/clock';
import type { Table } from '@/lib/core/text-table.server';
import type { Logger } from '@/lib/infra/log';
import type { ConfigRef } from '@/lib/services/configuration/types';
import type { ServicesDatabase } from '@/lib/services/database';
import { recordFraud } from '@/lib/services/fraud/record-fraud';
import { exchangeSpend, loadSettledSpend } from '@/lib/services/limits/daily-spend';
import type { Call } from '@/lib/switch/call/call';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import { FraudJournal } from './fraud-journal';
import { type CutReason, SpendBook } from './spend-book';

/** How often calls in progress are priced and news is written. */
export const LIMITS_MS = 1_000;

export interface LimitRoomOptions {
  readonly database: ServicesDatabase;
  readonly nodeId: string;
  readonly directory: SwitchDirectory;
  readonly calls: Table<Call>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a node keeps of limits and fraud beside the counters of calls. */
export class LimitRoom {
  readonly spend: SpendBook;
  readonly journal: FraudJournal;
  private readonly options: LimitRoomOptions;

  constructor(options: LimitRoomOptions) {
    this.options = options;
    const { database, nodeId, directory, clock, log } = options;
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

  async beat(): Promise<void> {
    await this.spend.beat();
    await this.journal.flush();
  }

  /** Blocks were written, here or elsewhere: whoever was released begins anew. */
  applied(refs: readonly ConfigRef[]): void {
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
