import type { LogFields, Logger } from '@/lib/infra/log';
import type { AnswerFacts, CallResult, HoldRequest } from '@/lib/services/charging/types';
import { BoundedMap } from '@/lib/switch/edge/bounded-map';
import type { CallObserver } from './observed-charging';

/** Calls whose account is remembered, those in progress and those that ended lately. */
const MAX_REMEMBERED = 20_000;

/**
 * The life of every call in the log, so that one can be followed by its id: what was reserved, who
 * answered, how it ended. A line a call at "info"; the steps before its end at "debug".
 */
export class CallLog implements CallObserver {
  private readonly log: Logger;
  private readonly accounts = new BoundedMap<string>(MAX_REMEMBERED);

  constructor(log: Logger) {
    this.log = log;
  }

  /** A logger whose lines about a call also say whose it is. */
  joined(): Logger {
    return joinAccounts(this.log, (callId) => this.accounts.get(callId));
  }

  held({ callId, facts, legs }: HoldRequest): void {
    this.accounts.set(callId, facts.accountId);
    this.log.debug('call.admitted', {
      callId,
      accountId: facts.accountId,
      tenantId: facts.tenantId,
      class: facts.callClass,
      payerAccountId: facts.payerAccountId,
      sipCallIds: legs.map((leg) => leg.sipCallId),
    });
  }

  answered({ callId, trunkId, attempts, legs }: AnswerFacts): void {
    this.log.debug('call.answered', {
      callId,
      accountId: this.accounts.get(callId),
      trunkId,
      attempts,
      sipCallIds: legs.map((leg) => leg.sipCallId),
    });
  }

  ended(result: CallResult): void {
    const { callId, facts } = result;
    this.accounts.set(callId, facts.accountId);
    this.log.info('call.ended', {
      callId,
      accountId: facts.accountId,
      tenantId: facts.tenantId,
      class: facts.callClass,
      sipStatus: result.sipStatus,
      q850: result.q850Cause,
      hungUpBy: result.hungUpBy,
      refusal: result.refusal?.code,
      durationMs: result.durationMs,
      attempts: result.attempts,
      trunkId: result.trunkId,
      // Lines of the layers below know these alone.
      sipCallIds: result.legs.map((leg) => leg.sipCallId),
    });
  }
}

/** Adds `accountId` to every line that names a call and does not say it itself. */
function joinAccounts(log: Logger, accountOf: (callId: string) => string | undefined): Logger {
  const joined = (fields?: LogFields): LogFields | undefined => {
    const callId = fields?.['callId'];
    if (typeof callId !== 'string' || fields?.['accountId'] !== undefined) return fields;
    const accountId = accountOf(callId);
    return accountId === undefined ? fields : { ...fields, accountId };
  };
  return {
    debug: (event, fields) => log.debug(event, joined(fields)),
    info: (event, fields) => log.info(event, joined(fields)),
    warn: (event, fields) => log.warn(event, joined(fields)),
    error: (event, fields) => log.error(event, joined(fields)),
    child: (fields) => joinAccounts(log.child(fields), accountOf),
  };
}
