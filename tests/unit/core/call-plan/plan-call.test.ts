import { beforeEach, describe, expect, it } from 'vitest';
import type { CallPlan, PlannedCall, RefusedCall } from '@/lib/core/call-plan/plan';
import { NO_LIMITS } from '@/lib/core/call-plan/views';
import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import { formatMicro, parseCurrency, parseMicro } from '@/lib/core/money';
import type { E164 } from '@/lib/core/phone-number';
import { priceCall } from '@/lib/core/rating/price';
import { replayCharge, snapshotOf } from '@/lib/core/rating/snapshot';
import { e164, Lab } from './lab';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});

function planned(plan: CallPlan): PlannedCall {
  if (plan.kind !== 'planned') throw new Error(`refused: ${plan.code}, ${plan.message}`);
  return plan;
}

function refused(plan: CallPlan): RefusedCall {
  if (plan.kind !== 'refused') throw new Error(`planned as ${plan.callClass}`);
  return plan;
}

/** What everybody pays for a call of so many seconds: buyers by name, then carriers. */
function figures(plan: CallPlan, seconds: number): Record<string, string> {
  const { hops, attempts } = planned(plan);
  const lines: [string, string][] = hops.map((hop) => {
    const { amountMicro } = priceCall(hop.rate, seconds);
    expect(replayCharge(snapshotOf(hop.rate), seconds).amountMicro).toBe(amountMicro);
    return [hop.buyerAccountId, formatMicro(amountMicro)];
  });
  for (const attempt of attempts) {
    if (attempt.kind !== 'trunk' || !attempt.buy) continue;
    lines.push([
      attempt.buy.carrierId,
      formatMicro(priceCall(attempt.buy.rate, seconds).amountMicro),
    ]);
  }
  return Object.fromEntries(lines);
}

function routes(plan: CallPlan): string[] {
  return planned(plan).attempts.map((attempt) =>
    attempt.kind === 'trunk' ? attempt.trunkId : attempt.extensionId,
  );
}

function skips(plan: CallPlan): string[] {
  return plan.skipped.map((route) => `${route.trunkName} ${route.reason}`);
}

describe("the lab's check figures, to the micro-unit at every hop", () => {
  it('Acme → +442079460018 for 32 s', () => {
    const plan = lab.call('Acme', '+442079460018');
    expect(figures(plan, 32)).toEqual({
      Acme: '0.012000',
      North: '0.005333',
      'carrier-b': '0.002933',
      'carrier-a': '0.003200',
    });
    const payer = planned(plan).hops[0];
    expect(payer && priceCall(payer.rate, 32).billedSeconds).toBe(36);
    expect(routes(plan)).toEqual(['trunk carrier-b', 'trunk carrier-a']);
  });

  it('Birch → +12025550199 for 61 s', () => {
    const plan = lab.call('Birch', '+12025550199');
    expect(figures(plan, 61)).toEqual({
      Birch: '0.060000',
      South: '0.011000',
      North: '0.008800',
      'carrier-a': '0.004400',
      'carrier-b': '0.005500',
    });
    expect(routes(plan)).toEqual(['trunk carrier-a', 'trunk carrier-b']);
  });

  it('Acme → +447700900123 for 61 s', () => {
    const plan = lab.call('Acme', '+447700900123');
    expect(figures(plan, 61)).toMatchObject({
      Acme: '0.050833',
      North: '0.030500',
      'carrier-a': '0.020333',
    });
    expect(routes(plan)).toEqual(['trunk carrier-a', 'trunk carrier-b']);
  });
});

describe('an outbound call', () => {
  it('is charged once a hop, from the payer up to the operator, who pays the carrier', () => {
    const plan = planned(lab.call('Birch', '+442079460018'));
    expect(plan.callClass).toBe('outbound');
    expect(plan.payerAccountId).toBe('Birch');
    expect(plan.hops.map((hop) => [hop.level, hop.buyerAccountId, hop.sellerAccountId])).toEqual([
      [0, 'Birch', 'South'],
      [1, 'South', 'North'],
      [2, 'North', 'Operator'],
    ]);
    const [first] = plan.attempts;
    expect(first).toMatchObject({
      kind: 'trunk',
      carrierId: 'carrier-b',
      number: '+442079460018',
      buy: { carrierId: 'carrier-b', buyerAccountId: 'Operator' },
      cost300Micro: parseMicro('0.0275'),
      price300Micro: parseMicro('0.05'),
    });
  });

  it.each([
    '2025550199',
    '12025550199',
    '011 1 202 555 0199',
    '+1 (202) 555-0199',
    '0012025550199',
  ])('of the US may be dialled as %s', (dialled) => {
    expect(planned(lab.call('Acme', dialled)).destination).toEqual({
      kind: 'e164',
      e164: '+12025550199',
    });
  });

  it('tries the carrier that is cheaper over 300 s first, and lists those without a rate as skipped', () => {
    const plan = lab.call('Acme', '+88213300655');
    expect(routes(plan)).toEqual(['trunk carrier-a']);
    expect(skips(plan)).toEqual(['carrier-b NO_BUY_RATE']);
  });

  it('compares carriers by the whole call: a connect fee can make the cheaper minute dearer', () => {
    lab.setDeck('buy carrier-b', ['44 0.0055 1/1 fee=0.0030']);
    expect(routes(lab.call('Acme', '+442079460018'))).toEqual([
      'trunk carrier-a',
      'trunk carrier-b',
    ]);
  });

  it('goes by priority where the group says so', () => {
    lab.routeGroup = {
      id: 'routes',
      name: 'all',
      strategy: 'priority',
      members: [
        { trunkId: 'trunk carrier-b', priority: 2, weight: 1 },
        { trunkId: 'trunk carrier-a', priority: 1, weight: 1 },
      ],
    };
    expect(routes(lab.call('Acme', '+442079460018'))[0]).toBe('trunk carrier-a');
  });

  it('skips a trunk that is out of service or at its limit', () => {
    lab.change('trunks', 'trunk carrier-b', { status: 'suspended' });
    expect(skips(lab.call('Acme', '+442079460018'))).toEqual(['carrier-b TRUNK_UNAVAILABLE']);
    lab.change('trunks', 'trunk carrier-b', {
      status: 'active',
      limits: fewCalls(2),
    });
    lab.usages.set('trunk trunk carrier-b', { concurrentCalls: 2 });
    const plan = lab.call('Acme', '+442079460018');
    expect(routes(plan)).toEqual(['trunk carrier-a']);
    expect(skips(plan)).toEqual(['carrier-b LIMIT_CONCURRENT']);
  });

  it('of the operator itself has nobody to charge and no price to guard', () => {
    lab.change('tenants', 'tenant Cedar', { accountId: 'Operator' });
    const plan = planned(lab.call('Cedar', '+447700900123'));
    expect(plan.hops).toEqual([]);
    expect(plan.payerAccountId).toBe('Operator');
    expect(plan.attempts[0]).toMatchObject({ price300Micro: null });
  });

  it('is rated by the longest prefix at each deck, however deep the others go', () => {
    lab.setDeck('Operator → North', ['4 0.0500 1/1']);
    lab.setDeck('North → Acme', ['44770 0.1000 1/1', '4 9 1/1']);
    const plan = planned(lab.call('Acme', '+447700900123'));
    expect(plan.hops.map((hop) => hop.rate.prefix)).toEqual(['44770', '4']);
    expect(plan.hops[0]?.rate.beatenLengths).toBe(0b10);
  });

  it('is as long as the shortest maximum of all concerned', () => {
    expect(planned(lab.call('Birch', '+442079460018')).maxSeconds).toBe(MAX_CALL_SECONDS);
    lab.change('accounts', 'North', { limits: { ...fewCalls(null), maxCallSeconds: 3_600 } });
    lab.change('accounts', 'Birch', { limits: { ...fewCalls(null), maxCallSeconds: 7_200 } });
    expect(planned(lab.call('Birch', '+442079460018')).maxSeconds).toBe(3_600);
  });
});

function fewCalls(maxConcurrentCalls: number | null) {
  return { ...NO_LIMITS, maxConcurrentCalls };
}

describe('what is shown to the called side', () => {
  it('is the default where nothing or nothing of theirs was asked for', () => {
    const expected = { number: '+12025550101', right: 'default', isWithheld: false };
    expect(planned(lab.call('Acme', '+442079460018')).callerId).toEqual(expected);
    for (const callerId of ['101', '+12025550102', '+442079460018', 'anonymous']) {
      expect(planned(lab.call('Acme', '+442079460018', { callerId })).callerId).toEqual(expected);
    }
  });

  it('is the number asked for where the tenant owns it, in any national form', () => {
    for (const callerId of ['+12025550101', '2025550101']) {
      expect(planned(lab.call('Acme', '+442079460018', { callerId })).callerId).toEqual({
        number: '+12025550101',
        right: 'owned',
        isWithheld: false,
      });
    }
  });

  it("is the extension's own number before the tenant's", () => {
    lab.change('extensions', 'Acme 101', { callerNumber: e164('+12025550111') });
    expect(planned(lab.call('Acme', '+442079460018')).callerId.number).toBe('+12025550111');
  });

  it('is nothing where the tenant owns no number', () => {
    lab.change('tenants', 'tenant Acme', { callerNumber: null });
    expect(planned(lab.call('Acme', '+442079460018')).callerId).toEqual({
      number: null,
      right: 'none',
      isWithheld: false,
    });
  });

  it('is never a number of the tenant that is not in service any more', () => {
    const number = e164('+12025550101');
    const gone = {
      e164: number,
      inService: false,
      tenantId: 'tenant Acme',
      extensionId: null,
      trunkId: null,
    };
    lab.numbers.set(number, gone);
    const { right } = planned(
      lab.call('Acme', '+442079460018', { callerId: '+12025550101' }),
    ).callerId;
    expect(right).toBe('default');
  });

  it('is withheld where the caller asks for it, and kept for those who are trusted', () => {
    const origin = { kind: 'extension', tenantId: 'tenant Acme', number: '101' } as const;
    const wish = { origin, callerId: null, isWithheld: true };
    expect(planned(lab.request({ ...wish, dialled: '+442079460018' })).callerId).toEqual({
      number: '+12025550101',
      right: 'default',
      isWithheld: true,
    });
    expect(planned(lab.request({ ...wish, dialled: '102' })).callerId).toEqual({
      number: '101',
      right: 'owned',
      isWithheld: true,
    });
    expect(planned(lab.request({ ...wish, dialled: '911' })).callerId.isWithheld).toBe(false);
  });

  it('is what a trusted PBX asserts, and of an untrusted one only what the tenant owns', () => {
    lab.addTrunk('pbx', { carrierId: null, tenantId: 'tenant Acme' });
    const call = {
      origin: { kind: 'trunk', trunkId: 'trunk pbx' },
      dialled: '+442079460018',
      callerId: '(212) 555-0133',
    } as const;
    expect(planned(lab.request({ ...call, isAsserted: true })).callerId).toEqual({
      number: '+12125550133',
      right: 'asserted',
      isWithheld: false,
    });
    expect(planned(lab.request(call)).callerId).toEqual({
      number: '+12025550101',
      right: 'default',
      isWithheld: false,
    });
  });
});

describe('a call between extensions of a tenant', () => {
  it('is free and rings the extension of the same tenant', () => {
    const plan = planned(lab.call('Acme', '102'));
    expect(plan).toMatchObject({
      callClass: 'internal',
      payerAccountId: null,
      hops: [],
      callerId: { number: '101' },
      destination: { kind: 'extension', tenantId: 'tenant Acme', number: '102', e164: null },
      attempts: [{ kind: 'extension', extensionId: 'Acme 102' }],
    });
  });

  it('stays free when it is dialled by the number of the tenant itself', () => {
    const plan = planned(lab.call('Acme', '+12025550101', { from: '102' }));
    expect(plan.callClass).toBe('internal');
    expect(plan.hops).toEqual([]);
    expect(routes(plan)).toEqual(['Acme 101']);
  });

  it('never reaches the same extension of another tenant', () => {
    lab.extensions.delete('Acme 105');
    expect(refused(lab.call('Acme', '105')).code).toBe('DESTINATION_UNKNOWN');
  });
});

describe("a call to another tenant's number", () => {
  it('is delivered on-net and charged as outbound at every hop, with nothing bought', () => {
    const plan = lab.call('Birch', '2025550101');
    expect(planned(plan)).toMatchObject({
      callClass: 'onnet',
      payerAccountId: 'Birch',
      accountId: 'Birch',
      peerAccountId: 'Acme',
      destination: { kind: 'extension', extensionId: 'Acme 101', e164: '+12025550101' },
      callerId: { number: '+12025550102' },
      attempts: [{ kind: 'extension', extensionId: 'Acme 101' }],
    });
    expect(figures(plan, 61)).toEqual({ Birch: '0.060000', South: '0.011000', North: '0.008800' });
  });

  it('is blocked where the number would be', () => {
    lab.change('tenants', 'tenant Birch', { allowedDestinations: ['44'] });
    expect(refused(lab.call('Birch', '2025550101'))).toMatchObject({
      code: 'DESTINATION_BLOCKED',
      hopAccountId: 'Birch',
    });
  });

  it.each([
    ['its account is suspended', (l: Lab) => l.change('accounts', 'Acme', { status: 'suspended' })],
    [
      'its tenant is suspended',
      (l: Lab) => l.change('tenants', 'tenant Acme', { status: 'suspended' }),
    ],
    [
      'the extension is suspended',
      (l: Lab) => l.change('extensions', 'Acme 101', { status: 'suspended' }),
    ],
    ['the extension is gone', (l: Lab) => void l.extensions.delete('Acme 101')],
    [
      'the number is not in service',
      (l: Lab) =>
        void l.numbers.set('+12025550101', {
          e164: e164('+12025550101'),
          inService: false,
          trunkId: null,
          tenantId: 'tenant Acme',
          extensionId: 'Acme 101',
        }),
    ],
  ])('says no more than "not in service" when %s, and never tries a carrier', (_, change) => {
    change(lab);
    const refusal = refused(lab.call('Birch', '+12025550101'));
    expect(refusal.code).toBe('DESTINATION_UNKNOWN');
    expect(refusal.hopAccountId).toBe('Birch');
    expect(refusal.message).toBe('+12025550101 is not in service');
  });

  it("respects the called side's limits too", () => {
    lab.usages.set('account Acme', { concurrentCalls: 100 });
    expect(refused(lab.call('Birch', '+12025550101'))).toMatchObject({
      code: 'LIMIT_CONCURRENT',
      hopAccountId: 'Acme',
    });
  });
});

describe('a call from a carrier', () => {
  const carrierA = { kind: 'trunk', trunkId: 'trunk carrier-a' } as const;

  it.each(['+12025550103', '12025550103'])('to %s is free and rings the extension', (dialled) => {
    expect(planned(lab.plan(carrierA, dialled, '+442079460018'))).toMatchObject({
      callClass: 'inbound',
      payerAccountId: null,
      accountId: 'Cedar',
      tenantId: 'tenant Cedar',
      hops: [],
      callerId: { number: '+442079460018', right: 'received' },
      attempts: [{ kind: 'extension', extensionId: 'Cedar 101' }],
    });
  });

  it.each(['+442079460018', '101', '911', '+12025550199', '0114420', ''])(
    'to %s leads nowhere: what comes from a carrier never leaves by one',
    (dialled) => {
      expect(refused(lab.plan(carrierA, dialled)).code).toBe('DESTINATION_UNKNOWN');
    },
  );

  it('is refused without saying why when the number is suspended', () => {
    lab.change('accounts', 'South', { status: 'suspended' });
    expect(refused(lab.plan(carrierA, '+12025550102'))).toMatchObject({
      code: 'DESTINATION_UNKNOWN',
      hopAccountId: null,
    });
  });

  it("is stopped by the called account's limits and by the trunk's own", () => {
    lab.usages.set('account Cedar', { concurrentCalls: 100 });
    expect(refused(lab.plan(carrierA, '+12025550103')).code).toBe('LIMIT_CONCURRENT');
    lab.usages.clear();
    lab.change('trunks', 'trunk carrier-a', { limits: fewCalls(1) });
    lab.usages.set('trunk trunk carrier-a', { concurrentCalls: 1 });
    expect(refused(lab.plan(carrierA, '+12025550103'))).toMatchObject({
      code: 'LIMIT_CONCURRENT',
      hopAccountId: 'Operator',
      detail: { subject: 'trunk' },
    });
  });

  it.each([null, '', 'anonymous', 'Anonymous'])('from %j is withheld', (callerId) => {
    expect(planned(lab.plan(carrierA, '+12025550103', callerId)).callerId).toEqual({
      number: null,
      right: 'none',
      isWithheld: true,
    });
  });

  it('keeps the number of a caller who withholds it, marked as withheld', () => {
    const call = { origin: carrierA, dialled: '+12025550103', callerId: '442079460018' };
    expect(planned(lab.request({ ...call, isWithheld: true, isAsserted: true })).callerId).toEqual({
      number: '+442079460018',
      right: 'asserted',
      isWithheld: true,
    });
  });

  it("of a customer's own PBX is that tenant's outbound call", () => {
    lab.addTrunk('pbx', { carrierId: null, tenantId: 'tenant Cedar' });
    const origin = { kind: 'trunk', trunkId: 'trunk pbx' } as const;
    expect(planned(lab.plan(origin, '+442079460018', '+12025550103'))).toMatchObject({
      callClass: 'outbound',
      payerAccountId: 'Cedar',
      callerId: { number: '+12025550103', right: 'owned' },
    });
  });
});

describe('an emergency call', () => {
  it.each(['911', '933'])('to %s is free and takes the emergency route alone', (dialled) => {
    expect(planned(lab.call('Birch', dialled))).toMatchObject({
      callClass: 'emergency',
      payerAccountId: null,
      hops: [],
      destination: { kind: 'emergency', digits: dialled },
      callerId: { number: '+12025550102' },
      attempts: [{ kind: 'trunk', trunkId: 'trunk carrier-a', number: dialled, buy: null }],
    });
  });

  it('is never refused for suspension, limits, destinations, rates or routes', () => {
    for (const name of ['Operator', 'North', 'South', 'Birch']) {
      lab.change('accounts', name, { status: 'suspended', limits: fewCalls(0), sellDeckId: null });
    }
    lab.change('tenants', 'tenant Birch', { status: 'suspended', allowedDestinations: [] });
    lab.change('extensions', 'Birch 101', { status: 'suspended' });
    lab.routeGroup = undefined;
    expect(planned(lab.call('Birch', '911')).callClass).toBe('emergency');
  });

  it('is never shadowed by an extension of that number', () => {
    lab.change('extensions', 'Birch 102', { number: '911' });
    expect(planned(lab.call('Birch', '911')).callClass).toBe('emergency');
  });

  it('is the exact national form only', () => {
    for (const dialled of ['9911', '9115', '1911']) {
      expect(refused(lab.call('Birch', dialled)).code).toBe('DESTINATION_UNKNOWN');
    }
  });

  it('without a route is refused by name', () => {
    lab.emergencyTrunkIds = [];
    expect(refused(lab.call('Birch', '911'))).toMatchObject({
      code: 'NO_EMERGENCY_ROUTE',
      hopAccountId: 'Operator',
    });
    lab.emergencyTrunkIds = ['trunk carrier-a'];
    lab.change('trunks', 'trunk carrier-a', { status: 'suspended' });
    expect(refused(lab.call('Birch', '911')).code).toBe('NO_EMERGENCY_ROUTE');
  });
});

describe('a refusal names its hop and reason', () => {
  it('Cedar → +447… : the loss guard, sold at 44 for 0.0120 and bought for 0.0200', () => {
    const refusal = refused(lab.call('Cedar', '+447700900123'));
    expect(refusal).toMatchObject({
      code: 'MARGIN_NEGATIVE',
      hopAccountId: 'Operator',
      detail: { caller: 'Cedar', buyerAccountId: 'Cedar', soldPrefix: '44' },
    });
    expect(refusal.skipped).toEqual([
      {
        trunkId: 'trunk carrier-a',
        trunkName: 'carrier-a',
        reason: 'MARGIN_NEGATIVE',
        cost300Micro: parseMicro('0.100000'),
        price300Micro: parseMicro('0.060000'),
      },
      expect.objectContaining({
        trunkName: 'carrier-b',
        reason: 'MARGIN_NEGATIVE',
        cost300Micro: parseMicro('0.105000'),
      }),
    ]);
  });

  it('Cedar → +44 20… is no loss', () => {
    expect(planned(lab.call('Cedar', '+442079460018')).callClass).toBe('outbound');
  });

  it('Birch → +882… : blocked', () => {
    const refusal = refused(lab.call('Birch', '+88213300655'));
    expect(refusal).toMatchObject({ code: 'DESTINATION_BLOCKED', hopAccountId: 'Birch' });
    expect(refusal.message).toContain('Birch');
  });

  it('a destination that an ancestor does not allow: at the ancestor', () => {
    lab.change('accounts', 'North', { allowedDestinations: ['1'] });
    expect(refused(lab.call('Birch', '+442079460018'))).toMatchObject({
      code: 'DESTINATION_BLOCKED',
      hopAccountId: 'North',
    });
  });

  it.each(['Operator', 'North', 'South', 'Birch'])('%s suspended: at it', (name) => {
    lab.change('accounts', name, { status: 'suspended' });
    expect(refused(lab.call('Birch', '+442079460018'))).toMatchObject({
      code: 'ACCOUNT_SUSPENDED',
      hopAccountId: name,
    });
  });

  it('a suspended tenant or extension', () => {
    lab.change('extensions', 'Birch 101', { status: 'suspended' });
    expect(refused(lab.call('Birch', '102')).code).toBe('EXTENSION_SUSPENDED');
    lab.change('tenants', 'tenant Birch', { status: 'suspended' });
    expect(refused(lab.call('Birch', '102')).code).toBe('TENANT_SUSPENDED');
  });

  it.each(['Operator', 'North', 'South', 'Birch'])('%s at its limit of calls: at it', (name) => {
    lab.usages.set(`account ${name}`, { concurrentCalls: 100 });
    expect(refused(lab.call('Birch', '+442079460018'))).toMatchObject({
      code: 'LIMIT_CONCURRENT',
      hopAccountId: name,
      detail: { subject: 'account', subjectId: name },
    });
    lab.usages.set(`account ${name}`, { concurrentCalls: 99, callsThisSecond: 100 });
    expect(refused(lab.call('Birch', '+442079460018')).code).toBe('LIMIT_CPS');
    lab.usages.set(`account ${name}`, { concurrentCalls: 99, callsThisSecond: 99 });
    expect(planned(lab.call('Birch', '+442079460018')).callClass).toBe('outbound');
  });

  it('a limit of the tenant or the extension: at their account, naming them', () => {
    lab.change('tenants', 'tenant Birch', { limits: fewCalls(1) });
    lab.usages.set('tenant tenant Birch', { concurrentCalls: 1 });
    expect(refused(lab.call('Birch', '102'))).toMatchObject({
      code: 'LIMIT_CONCURRENT',
      hopAccountId: 'Birch',
      detail: { subject: 'tenant' },
    });
    lab.change('extensions', 'Birch 101', { limits: fewCalls(0) });
    expect(refused(lab.call('Birch', '102')).detail['subject']).toBe('extension');
  });

  it('the spending limit of a day: for calls that cost, not for free ones', () => {
    const limits = { ...fewCalls(null), maxDailySpendMicro: parseMicro('20') };
    lab.change('accounts', 'South', { limits });
    lab.usages.set('account South', { spentTodayMicro: parseMicro('20') });
    expect(refused(lab.call('Birch', '+442079460018'))).toMatchObject({
      code: 'LIMIT_DAILY_SPEND',
      hopAccountId: 'South',
    });
    expect(planned(lab.call('Birch', '102')).callClass).toBe('internal');
  });

  it.each([
    ['Birch', 'South → Birch'],
    ['South', 'North → South'],
    ['North', 'Operator → North'],
  ])('no sell rate for %s: at it', (buyer, deck) => {
    lab.setDeck(deck, ['1 9 1/1']);
    expect(refused(lab.call('Birch', '+442079460018'))).toMatchObject({
      code: 'NO_SELL_RATE',
      hopAccountId: buyer,
    });
    lab.change('accounts', buyer, { sellDeckId: null });
    expect(refused(lab.call('Birch', '+442079460018')).hopAccountId).toBe(buyer);
  });

  it('a deck in another currency than the wallet that pays', () => {
    lab.change('accounts', 'South', { currency: parseCurrency('EUR') });
    expect(refused(lab.call('Birch', '+442079460018'))).toMatchObject({
      code: 'NO_SELL_RATE',
      hopAccountId: 'South',
    });
  });

  it('a prefix that a sell deck blocks: at the buyer, however cheap a shorter one is', () => {
    lab.setDeck('North → South', ['44 0.0150 1/1', '4420 0 1/1 blocked']);
    expect(refused(lab.call('Birch', '+442079460018'))).toMatchObject({
      code: 'DESTINATION_BLOCKED',
      hopAccountId: 'South',
    });
  });

  it('no buy rate: at the operator, each carrier listed', () => {
    lab.setDeck('buy carrier-a', ['1 0.0040 6/6']);
    lab.setDeck('buy carrier-b', ['1 0.0050 6/6']);
    const refusal = refused(lab.call('Acme', '+442079460018'));
    expect(refusal).toMatchObject({ code: 'NO_BUY_RATE', hopAccountId: 'Operator' });
    expect(skips(refusal)).toEqual(['carrier-a NO_BUY_RATE', 'carrier-b NO_BUY_RATE']);
  });

  it('no route at all', () => {
    lab.routeGroup = undefined;
    expect(refused(lab.call('Acme', '+442079460018')).code).toBe('NO_ROUTE');
    lab.routeGroup = { id: 'routes', name: 'none', strategy: 'lcr', members: [] };
    expect(refused(lab.call('Acme', '+442079460018')).code).toBe('NO_ROUTE');
  });

  it.each(['', '5550199', 'alice', '*97', '+999123456789', '1234567890', '+4420'])(
    'what is no number: "%s"',
    (dialled) => {
      expect(refused(lab.call('Acme', dialled))).toMatchObject({
        code: 'DESTINATION_UNKNOWN',
        hopAccountId: 'Acme',
      });
    },
  );

  it('a caller that is gone', () => {
    expect(refused(lab.call('Acme', '102', { from: '999' })).code).toBe('NOT_FOUND');
    expect(refused(lab.plan({ kind: 'trunk', trunkId: 'gone' }, '102')).code).toBe('NOT_FOUND');
  });
});

describe('who is counted', () => {
  const names = (plan: CallPlan) => planned(plan).subjects.map(({ kind, id }) => `${kind} ${id}`);

  it('is everyone whose limits were checked, each once: both sides of an on-net call', () => {
    expect(names(lab.call('Birch', '+12025550101'))).toEqual([
      'extension Birch 101',
      'tenant tenant Birch',
      'account Birch',
      'account South',
      'account North',
      'account Operator',
      'extension Acme 101',
      'tenant tenant Acme',
      'account Acme',
    ]);
  });

  it('is the caller’s side of an outbound or emergency call, and of an internal one the called extension', () => {
    const side = [
      'extension Cedar 101',
      'tenant tenant Cedar',
      'account Cedar',
      'account Operator',
    ];
    for (const dialled of ['+442079460018', '911']) {
      expect(names(lab.call('Cedar', dialled))).toEqual(side);
    }
    expect(names(lab.call('Cedar', '102'))).toEqual([...side, 'extension Cedar 102']);
  });

  it('is the trunk and the called side of an inbound call', () => {
    const plan = lab.plan({ kind: 'trunk', trunkId: 'trunk carrier-a' }, '+12025550103');
    expect(names(plan)).toEqual([
      'trunk trunk carrier-a',
      'trunk_in trunk carrier-a',
      'extension Cedar 101',
      'tenant tenant Cedar',
      'account Cedar',
      'account Operator',
    ]);
  });
});

describe("a customer's own PBX", () => {
  const origin = { kind: 'trunk', trunkId: 'trunk pbx' } as const;

  it('is held to the limits of its trunk', () => {
    lab.addTrunk('pbx', { carrierId: null, tenantId: 'tenant Cedar', limits: fewCalls(1) });
    lab.usages.set('trunk trunk pbx', { concurrentCalls: 1 });
    expect(refused(lab.plan(origin, '+442079460018'))).toMatchObject({
      code: 'LIMIT_CONCURRENT',
      hopAccountId: 'Cedar',
      detail: { subject: 'trunk' },
    });
  });

  it('gets the numbers that lead to it as they were dialled, from wherever', () => {
    lab.addTrunk('pbx', { carrierId: null, tenantId: 'tenant Cedar' });
    const e164 = '+12025550103' as E164;
    const number = {
      e164,
      inService: true,
      tenantId: 'tenant Cedar',
      extensionId: null,
      trunkId: null,
    };
    lab.numbers.set(e164, { ...number, trunkId: 'trunk pbx' });
    const attempt = { kind: 'trunk', trunkId: 'trunk pbx', number: e164, buy: null };
    const inbound = planned(lab.plan({ kind: 'trunk', trunkId: 'trunk carrier-a' }, e164));
    expect(inbound).toMatchObject({
      callClass: 'inbound',
      accountId: 'Cedar',
      attempts: [attempt],
    });
    const onnet = planned(lab.call('Acme', '2025550103'));
    expect(onnet).toMatchObject({
      callClass: 'onnet',
      peerAccountId: 'Cedar',
      peerTenantId: 'tenant Cedar',
      attempts: [attempt],
    });
    expect(onnet.hops.length).toBeGreaterThan(0);
    const internal = planned(lab.call('Cedar', '2025550103', { from: '102' }));
    expect(internal).toMatchObject({ callClass: 'internal', hops: [], attempts: [attempt] });
  });

  it('shows a number of its own where it asks for one, never anybody else’s', () => {
    lab.addTrunk('pbx', { carrierId: null, tenantId: 'tenant Cedar' });
    const shown = (asked: string) =>
      planned(lab.plan(origin, '+442079460018', asked)).callerId.number;
    expect(shown('+12025550103')).toBe('+12025550103');
    expect(shown('+12025550101')).toBe('+12025550103');
    expect(planned(lab.plan(origin, '+442079460018')).payerAccountId).toBe('Cedar');
  });

  it('of another tenant does not get a number', () => {
    lab.addTrunk('pbx', { carrierId: null, tenantId: 'tenant Acme' });
    const e164 = '+12025550103' as E164;
    const number = {
      e164,
      inService: true,
      tenantId: 'tenant Cedar',
      extensionId: null,
      trunkId: null,
    };
    lab.numbers.set(e164, { ...number, trunkId: 'trunk pbx' });
    const origin = { kind: 'trunk', trunkId: 'trunk carrier-a' } as const;
    expect(refused(lab.plan(origin, e164)).code).toBe('DESTINATION_UNKNOWN');
  });

  it('calls nobody but emergencies while its trunk is suspended', () => {
    lab.addTrunk('pbx', { carrierId: null, tenantId: 'tenant Cedar', status: 'suspended' });
    expect(refused(lab.plan(origin, '+442079460018')).code).toBe('FORBIDDEN');
    expect(planned(lab.plan(origin, '911')).callClass).toBe('emergency');
  });
});

describe('the loss guard', () => {
  it('skips only the routes that would lose, and says so', () => {
    lab.setDeck('buy carrier-b', ['44 0.0130 1/1']);
    const plan = lab.call('Cedar', '+442079460018');
    expect(routes(plan)).toEqual(['trunk carrier-a']);
    expect(skips(plan)).toEqual(['carrier-b MARGIN_NEGATIVE']);
  });

  it('counts fees: a carrier that is cheap a minute can cost more over 300 s', () => {
    lab.setDeck('buy carrier-b', ['44 0.0055 1/1 fee=0.0400']);
    expect(skips(lab.call('Cedar', '+442079460018'))).toEqual(['carrier-b MARGIN_NEGATIVE']);
  });

  it('lets a call through that earns nothing and loses nothing', () => {
    lab.setDeck('buy carrier-a', ['44 0.0120 1/1']);
    lab.setDeck('buy carrier-b', []);
    expect(routes(lab.call('Cedar', '+442079460018'))).toEqual(['trunk carrier-a']);
  });

  it('guards every hop: a reseller sells nothing below what it pays', () => {
    lab.setDeck('Operator → North', ['44 0.0200 1/1']);
    expect(refused(lab.call('Birch', '+442079460018'))).toMatchObject({
      code: 'MARGIN_NEGATIVE',
      hopAccountId: 'North',
      detail: { buyer: 'South', seller: 'North' },
    });
    expect(planned(lab.call('Acme', '+442079460018')).callClass).toBe('outbound');
  });

  it('can be asked for more, and can be turned off', () => {
    lab.change('accounts', 'Operator', { marginFloorMicro: parseMicro('0.04') });
    expect(refused(lab.call('Cedar', '+442079460018')).code).toBe('MARGIN_NEGATIVE');
    lab.change('accounts', 'Operator', { marginFloorMicro: null });
    expect(planned(lab.call('Cedar', '+447700900123')).callClass).toBe('outbound');
  });
});

describe('the order of the checks', () => {
  it('is status, destination, limits, sell rate, buy rate, margin', () => {
    const breakers: readonly [string, (l: Lab) => void, string][] = [
      [
        'margin',
        (l) => l.setDeck('Operator → North', ['44 0.0100 1/1', '4420 9 1/1']),
        'MARGIN_NEGATIVE',
      ],
      [
        'buy rate',
        (l) => {
          l.deckMap.delete('buy carrier-a');
          l.deckMap.delete('buy carrier-b');
        },
        'NO_BUY_RATE',
      ],
      ['sell rate', (l) => l.change('accounts', 'South', { sellDeckId: null }), 'NO_SELL_RATE'],
      [
        'limits',
        (l) => void l.usages.set('account North', { concurrentCalls: 100 }),
        'LIMIT_CONCURRENT',
      ],
      [
        'destination',
        (l) => l.change('tenants', 'tenant Birch', { allowedDestinations: [] }),
        'DESTINATION_BLOCKED',
      ],
      [
        'status',
        (l) => l.change('accounts', 'Birch', { status: 'suspended' }),
        'ACCOUNT_SUSPENDED',
      ],
    ];
    for (const [, breakIt, code] of breakers) {
      breakIt(lab);
      expect(refused(lab.call('Birch', '+442079460018')).code).toBe(code);
    }
  });
});
