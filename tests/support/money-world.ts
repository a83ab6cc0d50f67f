import type { PlannedBuy } from '@/lib/core/call-plan/plan';
import { newId } from '@/lib/core/ids.server';
import { parseCurrency, parseMicro, parsePerMinute } from '@/lib/core/money';
import type { Rate } from '@/lib/core/rating/rate';
import type {
  CallFacts,
  CallResult,
  ChargedHop,
  HoldRequest,
  LegResult,
} from '@/lib/services/charging/types';
import type { ServicesDatabase } from '@/lib/services/database';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { POST_LEDGER_SQL, postLedgerValues } from '@/lib/services/ledger/entries';

/** An account that buys, with its wallet. */
export interface Buyer {
  readonly id: string;
  readonly parentId: string;
  readonly path: string;
  readonly walletId: string;
  /** Of its wallet; dollars unless given. */
  readonly currency?: string;
}

/** The root of the tree: it sells and buys from carriers. */
export interface Root {
  readonly id: string;
  readonly path: string;
}

/** A rate of a deck of its own: "0.0200 30/6", an optional connect fee. */
export function rateOf(text: string, connectFee = '0'): Rate {
  const [perMinute = '0', increments = '1/1'] = text.split(' ');
  const [first, next] = increments.split('/').map(Number);
  return {
    deckId: newId(),
    deckName: 'a deck',
    deckVersion: 1,
    currency: parseCurrency('USD'),
    rounding: 'half_up',
    prefix: '44',
    destination: 'United Kingdom',
    beatenLengths: 0b10,
    firstSeconds: first ?? 1,
    nextSeconds: next ?? 1,
    firstPerMinuteNano: parsePerMinute(perMinute),
    nextPerMinuteNano: parsePerMinute(perMinute),
    connectFeeMicro: parseMicro(connectFee),
    minimumMicro: 0n,
    noChargeSeconds: 0,
    freeSeconds: 0,
  };
}

/** The root account of an empty database. */
export async function makeOperator(database: ServicesDatabase): Promise<Root> {
  const id = newId();
  const path = `/${id}/`;
  await database.pool.query(
    `INSERT INTO account (id, path, kind, name, currency, updated_at)
     VALUES ($1, $2, 'operator', 'Operator', 'USD', now())`,
    [id, path],
  );
  return { id, path };
}

/** Accounts under one parent, each with a wallet; their balances are posted as opening balances. */
export async function makeBuyers(
  database: ServicesDatabase,
  parent: Root,
  wanted: readonly {
    kind: 'reseller' | 'customer';
    balance: string;
    creditLimit?: string;
    currency?: string;
  }[],
): Promise<readonly Buyer[]> {
  const buyers = wanted.map(({ currency = 'USD' }) => {
    const id = newId();
    const path = `${parent.path}${id}/`;
    return { id, parentId: parent.id, path, walletId: newId(), currency };
  });
  await database.pool.query(
    `INSERT INTO account (id, parent_id, path, kind, name, currency, updated_at)
     SELECT id, $4, path, kind::"AccountKind", 'A buyer', currency, now()
       FROM unnest($1::uuid[], $2::text[], $3::text[], $5::text[]) AS a (id, path, kind, currency)`,
    [
      buyers.map((buyer) => buyer.id),
      buyers.map((buyer) => buyer.path),
      wanted.map((each) => each.kind),
      parent.id,
      buyers.map(({ currency }) => currency),
    ],
  );
  await database.pool.query(
    `INSERT INTO wallet (id, account_id, seller_account_id, currency, credit_limit_micro)
     SELECT id, account, $3, currency, credit
       FROM unnest($1::uuid[], $2::uuid[], $4::text[]::bigint[], $5::text[])
            AS w (id, account, credit, currency)`,
    [
      buyers.map((buyer) => buyer.walletId),
      buyers.map((buyer) => buyer.id),
      parent.id,
      wanted.map((each) => parseMicro(each.creditLimit ?? '0').toString()),
      buyers.map(({ currency }) => currency),
    ],
  );
  await openBalances(
    database,
    buyers.map((buyer, index) => [buyer, wanted[index]?.balance ?? '0']),
  );
  return buyers;
}

async function openBalances(
  database: ServicesDatabase,
  balances: readonly (readonly [Buyer, string])[],
): Promise<void> {
  const chart = new ChartOfAccounts();
  const opening = (buyer: Buyer) =>
    ({
      ownerId: buyer.parentId,
      currency: buyer.currency ?? 'USD',
      kind: 'opening_balance',
      counterpartyId: null,
    }) as const;
  await chart.ensureWallets(
    database.pool,
    balances.map(([{ id: accountId, currency = 'USD' }]) => ({ accountId, currency })),
  );
  await chart.ensureAccounts(
    database.pool,
    balances.map(([buyer]) => opening(buyer)),
  );
  const entries = balances.flatMap(([buyer, balance]) => {
    const amountMicro = parseMicro(balance);
    if (amountMicro === 0n) return [];
    return [
      {
        key: `opening:${buyer.walletId}`,
        id: newId(),
        kind: 'opening_balance' as const,
        subjectId: buyer.walletId,
        actorId: null,
        reason: null,
        lines: [
          {
            ledgerAccountId: chart.wallet(buyer.id, buyer.currency ?? 'USD')?.ledgerAccountId ?? '',
            amountMicro,
          },
          { ledgerAccountId: chart.accountId(opening(buyer)), amountMicro: -amountMicro },
        ],
      },
    ];
  });
  await database.pool.query(POST_LEDGER_SQL, postLedgerValues(entries));
}

/** A call that somebody pays for through a chain, as tests and benches make them. */
export interface SampleCall {
  readonly callId: string;
  readonly facts: CallFacts;
  readonly buy: PlannedBuy | null;
}

/** A chain of buyers (payer first) up to the root, each at its rate. */
export function chainOf(
  steps: readonly { readonly buyer: Buyer; readonly rate: Rate }[],
): readonly ChargedHop[] {
  return steps.map(({ buyer, rate }) => ({
    buyerAccountId: buyer.id,
    sellerAccountId: buyer.parentId,
    rate,
  }));
}

/** An outbound call of the first buyer. */
export function sampleCall(
  hops: readonly ChargedHop[],
  buy: PlannedBuy | null,
  startedAtMs: number = Date.now(),
): SampleCall {
  const payer = hops[0]?.buyerAccountId ?? newId();
  return {
    callId: newId(startedAtMs),
    buy,
    facts: {
      callClass: 'outbound',
      accountId: payer,
      tenantId: payer,
      payerAccountId: hops.length > 0 ? payer : null,
      fromExtensionId: null,
      toExtensionId: null,
      peerAccountId: null,
      peerTenantId: null,
      fromNumber: '+12025550101',
      dialled: '011442079460018',
      toNumber: '+442079460018',
      destination: 'United Kingdom',
      startedAtMs,
      hops,
    },
  };
}

const DAY_SECONDS = 86_400;

export function holdOf(call: SampleCall, maxSeconds: number = DAY_SECONDS): HoldRequest {
  const { callId, facts } = call;
  return {
    callId,
    facts,
    legs: [legFacts(call, 0)],
    maxSeconds,
    activeCalls: facts.hops.map(() => 1),
  };
}

function legFacts(call: SampleCall, seq: number): HoldRequest['legs'][number] {
  return {
    seq,
    sipCallId: `${call.callId}-${seq}@127.0.0.1`,
    extensionId: null,
    trunkId: null,
    target: 'sip:+442079460018@127.0.0.1:5092',
    address: '127.0.0.1:5092',
    transport: 'udp',
    startedAtMs: call.facts.startedAtMs,
    ringingAtMs: null,
    answeredAtMs: null,
  };
}

/** The end of a call: answered and talked for so many seconds, or (0) never answered. */
export function resultOf(call: SampleCall, talkedSeconds: number): CallResult {
  const { callId, facts, buy } = call;
  const answered = talkedSeconds > 0;
  const answeredAtMs = answered ? facts.startedAtMs + 1_000 : null;
  const endedAtMs = facts.startedAtMs + 1_000 + talkedSeconds * 1_000;
  const legs = [0, 1].map(
    (seq): LegResult => ({
      ...legFacts(call, seq),
      answeredAtMs,
      endedAtMs,
      sipStatus: answered ? 200 : 486,
      q850Cause: answered ? 16 : 17,
      codec: answered ? 'PCMU' : null,
      media: null,
    }),
  );
  return {
    callId,
    facts,
    ringingAtMs: facts.startedAtMs + 200,
    answeredAtMs,
    endedAtMs,
    durationMs: talkedSeconds * 1_000,
    ratedSeconds: talkedSeconds,
    hungUpBy: answered ? 'caller' : null,
    sipStatus: answered ? 200 : 486,
    q850Cause: answered ? 16 : 17,
    refusal: null,
    trunkId: null,
    buy: answered ? buy : null,
    attempts: 1,
    codec: answered ? 'PCMU' : null,
    media: null,
    legs,
  };
}
