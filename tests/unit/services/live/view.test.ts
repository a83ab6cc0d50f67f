import { describe, expect, test } from 'vitest';
import type { ControlEvent } from '@/lib/control/events';
import { type CallFact, callFactSchema } from '@/lib/control/facts';
import { liveEventSchema } from '@/lib/services/live/schemas';
import { type Viewer, viewCall, viewEvent } from '@/lib/services/live/view';

const id = (last: number) => `00000000-0000-7000-8000-${String(last).padStart(12, '0')}`;
const [OPERATOR, NORTH, SOUTH, ACME, BIRCH, CEDAR] = [1, 2, 3, 4, 5, 6].map(id) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

const viewer = (kind: Viewer['accountKind'], ...way: string[]): Viewer => ({
  accountId: way.at(-1) as Viewer['accountId'],
  accountPath: `/${way.join('/')}/`,
  accountKind: kind,
});
const operator = viewer('operator', OPERATOR);
const north = viewer('reseller', OPERATOR, NORTH);
const south = viewer('reseller', OPERATOR, NORTH, SOUTH);
const acme = viewer('customer', OPERATOR, NORTH, ACME);
const birch = viewer('customer', OPERATOR, NORTH, SOUTH, BIRCH);
const cedar = viewer('customer', OPERATOR, CEDAR);

const hop = (
  number: number,
  [buyer, seller]: readonly [string, string | null],
  perMinute: string,
) => ({
  hop: number,
  buyerAccountId: buyer,
  sellerAccountId: seller,
  currency: 'USD',
  perMinute,
  connectFee: '0.000000',
  firstIncrementSeconds: 60,
  nextIncrementSeconds: 60,
  freeSeconds: 0,
  amount: null,
});

/** Birch calls out: South, North and the operator each sell to the next. */
const outbound: CallFact = callFactSchema.parse({
  callId: id(100),
  class: 'outbound',
  state: 'answered',
  from: {
    number: '101',
    name: 'Reception',
    extensionId: id(50),
    tenantId: id(40),
    accountPath: birch.accountPath,
  },
  to: {
    number: '+442079460018',
    name: null,
    extensionId: null,
    tenantId: null,
    accountPath: null,
  },
  dialled: '011442079460018',
  destination: 'United Kingdom',
  payerAccountPath: birch.accountPath,
  trunkId: id(60),
  carrierId: id(61),
  hops: [
    hop(0, [BIRCH, SOUTH], '0.030000'),
    hop(1, [SOUTH, NORTH], '0.015000'),
    hop(2, [NORTH, OPERATOR], '0.010000'),
    hop(3, [OPERATOR, null], '0.005500'),
  ],
  startedAtMs: 1_000,
  ringingAtMs: 2_000,
  answeredAtMs: 3_000,
  endedAtMs: null,
});

/** The same call, to an extension of Acme. */
const onnet: CallFact = {
  ...outbound,
  class: 'onnet',
  to: {
    number: '101',
    name: 'Front desk',
    extensionId: id(51),
    tenantId: id(41),
    accountPath: acme.accountPath,
  },
};

describe('who sees what of a call', () => {
  test('the operator sees every hop, the route and the carrier', () => {
    const seen = viewCall(outbound, operator);
    expect(seen?.hops.map((one) => one.hop)).toEqual([0, 1, 2, 3]);
    expect(seen).toMatchObject({ trunkId: id(60), carrierId: id(61) });
  });

  test('everybody else sees the hops they pay or are paid at, and no route', () => {
    const seen = (who: Viewer) => viewCall(outbound, who)?.hops.map((one) => one.hop);
    expect(seen(birch)).toEqual([0]);
    expect(seen(south)).toEqual([0, 1]);
    expect(seen(north)).toEqual([1, 2]);
    for (const who of [birch, south, north]) {
      expect(viewCall(outbound, who)).toMatchObject({ trunkId: null, carrierId: null });
    }
  });

  test('whoever has no part in a call does not learn of it', () => {
    expect(viewCall(outbound, cedar)).toBeNull();
    expect(viewCall(outbound, acme)).toBeNull();
  });

  test('the called see who calls, and nothing of how, of the price or of the caller’s house', () => {
    expect(viewCall(onnet, acme)).toMatchObject({
      side: 'callee',
      hops: [],
      dialled: null,
      destination: null,
      from: { number: '101', name: null, extensionId: null, tenantId: null },
      to: { extensionId: id(51), name: 'Front desk' },
    });
  });

  test('the caller does not learn which extension and tenant of another was reached', () => {
    expect(viewCall(onnet, birch)).toMatchObject({
      side: 'caller',
      to: { number: '101', name: null, extensionId: null, tenantId: null },
    });
  });

  test('a refusal’s reason is for the caller’s side', () => {
    const event: ControlEvent = {
      type: 'call.ended',
      atMs: 4_000,
      call: onnet,
      end: {
        durationMs: 0,
        hungUpBy: 'switch',
        sipStatus: 402,
        refusalCode: 'INSUFFICIENT_FUNDS',
        refusalText: 'no funds',
      },
    };
    expect(viewEvent(event, birch)).toMatchObject({ refusalCode: 'INSUFFICIENT_FUNDS' });
    expect(viewEvent(event, acme)).toMatchObject({ refusalCode: null, refusalText: null });
  });
});

describe('other events', () => {
  const at = { atMs: 1_000 };
  const registration: ControlEvent = {
    type: 'registration.changed',
    ...at,
    tenantId: id(40),
    extensionId: id(50),
    accountPath: birch.accountPath,
    registered: true,
    cause: 'registered',
    binding: null,
  };

  test('stay in the subtree in which they happen', () => {
    const sees = (who: Viewer) => viewEvent(registration, who) !== null;
    expect([operator, north, south, birch].map(sees)).toEqual([true, true, true, true]);
    expect([acme, cedar].map(sees)).toEqual([false, false]);
  });

  test('of configuration that is nobody’s are the operator’s', () => {
    const event: ControlEvent = {
      type: 'config.observed',
      ...at,
      kind: 'carrier',
      objectId: id(61),
      generation: '7',
      accountPath: null,
    };
    expect(viewEvent(event, operator)).not.toBeNull();
    expect(viewEvent(event, north)).toBeNull();
  });

  test('have the form that browsers parse', () => {
    const seen = [registration, { type: 'call.answered', ...at, call: outbound } as const].map(
      (one) => viewEvent(one, south),
    );
    for (const event of seen) expect(liveEventSchema.safeParse(event).success).toBe(true);
  });
});
