import type { Clock } from '@/lib/core/clock';
import type { ServicesDatabase } from '@/lib/services/database';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { Grouper } from './grouper';
import { writeAnswers } from './internal/answers';
import { asAppError, isDatabaseAway } from './internal/failures';
import { type GrantRequest, grantGroup, grantLocks, hopsOf } from './internal/grants';
import { PatientGrouper } from './internal/patient-grouper';
import { Settler } from './internal/settler';
import type {
  AnswerFacts,
  CallResult,
  ChargedHop,
  ExtendRequest,
  GrantResult,
  HoldRequest,
  NodeLease,
  Settlement,
} from './types';

/** Reservations in one transaction at most: more would only lengthen the locks (bench `holds`). */
const MAX_GROUP = 64;
/** Groups of holds and renewals under way at once, on different wallets. */
const GRANT_LANES = 2;
/**
 * Nobody waits for the record of a call that has ended, nor for the note of an answer: they are
 * written in company. At 500 calls a second a group is ten calls then instead of two, and a group of
 * ten costs the database and us little more than one of two does.
 */
const RECORD_DELAY_MS = 20;
/** Unless so many of them are there, and no more come at the moment. */
const ENOUGH_RECORDS = 8;
/** Settlements go by halves to both lanes while those are no smaller: a transaction has its price. */
const LEAST_PART = 8;
/**
 * A loaded switch gets to its database a few times a second only, and a transaction takes four turns
 * of it: records must then go by the hundred, or calls end faster than they are written.
 */
const MAX_RECORDS = 256;
/** Calls that may wait for the database before further ones are refused. */
const MAX_WAITING = 10_000;
/** From here on no call begins; those that are in progress still find room for their records. */
const BEHIND = 4_000;

export interface ChargingOptions {
  readonly database: ServicesDatabase;
  readonly clock: Clock;
  readonly lease: NodeLease;
  /** Calls in one transaction at most. */
  readonly maxGroup?: number;
  /**
   * How long the first of a group waits for company; 0 = only for what asks in the same turn of the
   * loop. Unless given, reservations don't wait and records do, for RECORD_DELAY_MS.
   */
  readonly maxDelayMs?: number;
  /** A settlement that could not be written (it is tried again, or its live call is kept). */
  onError(error: unknown, callId: string): void;
}

/** The money of a node's calls; see README.md for the order of use. */
export interface ChargingGroups {
  /**
   * Reserves the first slice at every hop, or nothing at all. Resolves to a refusal with
   * INSUFFICIENT_FUNDS (meta.hop = the account). Rejects with UNAVAILABLE where the database is
   * away or the node is fenced.
   */
  hold(request: HoldRequest): Promise<GrantResult>;
  /** Reserves a further slice; a grant that can't grow comes back as it is, `final`. Rejects as `hold`. */
  extend(request: ExtendRequest): Promise<GrantResult>;
  /** Notes the answer with what a recoverer needs. Rejects as `hold`. */
  answer(facts: AnswerFacts): Promise<void>;
  /**
   * Ends a call, once: charges, postings, CDR, legs, outbox, holds freed, in one transaction. Waits
   * and tries again while the database is away; rejects only for a call that can't be written at
   * all, whose live call is then kept for the recoverer.
   */
  settle(result: CallResult): Promise<Settlement>;
  /** Settlements that wait for the database. */
  readonly unsettled: number;
  /** So many wait that no further call may begin: a record that finds no place would be lost. */
  readonly isBehind: boolean;
  /** Resolves when all that was asked is done; settlements that can't be written are given up. */
  close(): Promise<void>;
}

/** Starts grouping for one node under its lease. */
export function createChargingGroups(options: ChargingOptions): ChargingGroups {
  const { database, clock, lease } = options;
  const chart = new ChartOfAccounts();
  const common = {
    maxGroup: options.maxGroup ?? MAX_GROUP,
    maxDelayMs: options.maxDelayMs ?? 0,
    maxWaiting: MAX_WAITING,
    isCommon: isDatabaseAway,
    keyOf: ({ callId }: { readonly callId: string }) => callId,
  };
  const recordGroup = options.maxGroup ?? MAX_RECORDS;
  const recordDelayMs = options.maxDelayMs ?? RECORD_DELAY_MS;
  const buyersOf = (hops: readonly ChargedHop[]) => hops.map((hop) => hop.buyerAccountId);
  const granting = { pool: database.pipelined, chart, lease };
  const grants = new PatientGrouper<GrantRequest, GrantResult>({
    ...common,
    pool: database.pipelined,
    lanes: GRANT_LANES,
    touchesOf: (request) => buyersOf(hopsOf(request)),
    locksOf: (request) => grantLocks(chart, request),
    run: (requests, lockWaitMs) => grantGroup(granting, requests, lockWaitMs),
  });
  const answers = new Grouper<AnswerFacts, void>({
    ...common,
    lanes: 1,
    maxDelayMs: recordDelayMs,
    maxGroup: recordGroup,
    touchesOf: () => [],
    run: (facts) => writeAnswers(database.pipelined, facts),
  });
  const settler = new Settler({
    ...common,
    maxDelayMs: recordDelayMs,
    maxGroup: recordGroup,
    enough: ENOUGH_RECORDS,
    leastPart: LEAST_PART,
    touchesOf: (result: CallResult) => buyersOf(result.facts.hops),
    context: { pool: database.pipelined, chart, clock, nodeId: lease.nodeId },
    onError: options.onError,
  });
  const ask = <T>(promise: Promise<T>): Promise<T> =>
    promise.catch((error: unknown) => {
      throw asAppError(error);
    });
  return {
    hold: (request) => ask(grants.submit({ kind: 'hold', ...request })),
    extend: (request) => ask(grants.submit({ kind: 'extend', ...request })),
    answer: (facts) => ask(answers.submit(facts)),
    settle: (result) => settler.settle(result),
    get unsettled() {
      return settler.waitingCount;
    },
    get isBehind() {
      return settler.waitingCount >= BEHIND;
    },
    async close() {
      await Promise.all([grants.idle(), answers.idle(), settler.close()]);
    },
  };
}
