import { beforeEach, describe, expect, it } from 'vitest';
import type { CallPlan, PlannedCall, RefusedCall } from '@/lib/core/call-plan/plan';
import type { FraudProfile, FraudRule } from '@/lib/core/fraud/profile';
import { parseMicro, parsePerMinute } from '@/lib/core/money';
import { RuledLab } from './lab-rules';

let lab: RuledLab;
beforeEach(() => {
  lab = new RuledLab();
});

function refused(plan: CallPlan): RefusedCall {
  if (plan.kind !== 'refused') throw new Error('it was planned');
  return plan;
}
function planned(plan: CallPlan): PlannedCall {
  if (plan.kind !== 'planned') throw new Error(plan.message);
  return plan;
}

const LONDON = '+442079460018';
const SATELLITE = '+88213123456';
const VELOCITY = { windowSeconds: 600, digits: 5, maxCalls: 20, maxSpendMicro: parseMicro('10') };

/** Each rule alone, as a call to London of Acme breaks it. */
const RULES: readonly (readonly [FraudRule, Partial<FraudProfile>, string])[] = [
  ['country', { countries: ['US', 'CA'] }, 'DESTINATION_BLOCKED'],
  ['class', { blockedClasses: ['fixed'] }, 'DESTINATION_BLOCKED'],
  ['rate', { maxPerMinuteNano: parsePerMinute('0.0199') }, 'LIMIT_RATE'],
  ['daily_spend', { maxDailySpendMicro: 1n }, 'LIMIT_DAILY_SPEND'],
  ['velocity_calls', { velocity: { ...VELOCITY, maxCalls: 3 } }, 'LIMIT_VELOCITY'],
  ['velocity_spend', { velocity: { ...VELOCITY, maxSpendMicro: 1n } }, 'LIMIT_VELOCITY'],
];

describe.each(RULES)('the rule %s', (rule, profile, code) => {
  beforeEach(() => {
    lab.velocities.set('44207', { calls: 3, spentMicro: 1n });
  });

  it('refuses where it is enforced, and says whose profile', () => {
    lab.profile('North', profile.maxPerMinuteNano ? { maxPerMinuteNano: 1n } : profile);
    const plan = refused(lab.call('Acme', LONDON));
    expect([plan.code, plan.hopAccountId]).toEqual([code, 'North']);
    expect(plan.flags).toMatchObject([
      { profileAccountId: 'North', rule, isShadow: false, country: 'GB', prefix: '4420794' },
    ]);
    expect(plan.flags?.[0]?.blocks).toBe(rule.startsWith('velocity'));
  });

  it('only marks the call in shadow mode', () => {
    lab.profile('Acme', { ...profile, mode: 'shadow' });
    const { flags } = planned(lab.call('Acme', LONDON));
    expect(flags).toMatchObject([
      { profileAccountId: 'Acme', rule, isShadow: true, blocks: false },
    ]);
  });

  it('lets others call', () => {
    lab.profile('South', profile);
    expect(planned(lab.call('Acme', LONDON)).flags).toBeUndefined();
  });
});

it('blocks nobody by itself where the profile says so', () => {
  lab.velocities.set('44207', { calls: 30, spentMicro: 0n });
  lab.profile('Acme', { velocity: VELOCITY, blocksByItself: false });
  expect(refused(lab.call('Acme', LONDON)).flags).toMatchObject([{ blocks: false }]);
});

it('a new tenant reaches its own country and nothing that is dear', () => {
  lab.profile('Acme', {
    countries: ['US'],
    blockedClasses: ['premium', 'satellite', 'high_risk', 'unknown'],
  });
  expect(lab.call('Acme', '+12125550100').kind).toBe('planned');
  expect(refused(lab.call('Acme', LONDON)).detail).toMatchObject({ rule: 'country' });
  expect(refused(lab.call('Acme', SATELLITE)).detail).toMatchObject({ rule: 'class' });
  expect(lab.call('Acme', '102').kind).toBe('planned');
});

it('every profile above is asked: one in shadow below one that is enforced leaves its mark', () => {
  lab.profile('Birch', { mode: 'shadow', blockedClasses: ['fixed'] });
  lab.profile('North', { countries: ['US'] });
  const { flags, hopAccountId } = refused(lab.call('Birch', LONDON));
  expect(hopAccountId).toBe('North');
  expect(flags?.map(({ profileAccountId, isShadow }) => [profileAccountId, isShadow])).toEqual([
    ['Birch', true],
    ['North', false],
  ]);
});

it('velocity is counted for the caller’s account and the beginning of the number', () => {
  lab.profile('North', { velocity: VELOCITY });
  const key = {
    ...{ profileAccountId: 'North', callerAccountId: 'Birch' },
    ...{ prefix: '44207', windowSeconds: 600 },
  };
  expect(planned(lab.call('Birch', LONDON)).velocity).toEqual([key]);
  expect(lab.asked).toEqual([key]);
});

it('a long call is as long as the strictest enforced profile lets it be', () => {
  lab.profile('Birch', { longCallSeconds: 3_600 });
  lab.profile('South', { longCallSeconds: 60, mode: 'shadow' });
  expect(planned(lab.call('Birch', LONDON)).maxSeconds).toBe(3_600);
});

describe('whoever is blocked', () => {
  it.each([
    ['extension', 'Birch 101'],
    ['account', 'Birch'],
    ['account', 'South'],
  ] as const)('as %s %s may not call out, but inside and be called', (kind, id) => {
    lab.blocks.set(`${kind} ${id}`, { rule: 'velocity_calls' });
    expect(refused(lab.call('Birch', LONDON)).code).toBe('OUTBOUND_BLOCKED');
    expect(refused(lab.call('Birch', '+12025550101')).code).toBe('OUTBOUND_BLOCKED');
    expect(lab.call('Birch', '102').kind).toBe('planned');
    const inbound = lab.plan({ kind: 'trunk', trunkId: 'trunk carrier-a' }, '+12025550102');
    expect(inbound.kind).toBe('planned');
    expect(lab.call('Acme', LONDON).kind).toBe('planned');
  });

  it('as one extension leaves the others of its tenant alone, and the same one of another tenant', () => {
    lab.blocks.set('extension Birch 101', { rule: 'velocity_calls' });
    expect(lab.call('Birch', LONDON, { from: '102' }).kind).toBe('planned');
    expect(lab.call('Cedar', LONDON, { from: '101' }).kind).toBe('planned');
  });
});

describe('a number that a call asks to be shown as', () => {
  const FOREIGN = '+12125550199';
  const shown = (plan: CallPlan) => {
    const { number, right } = planned(plan).callerId;
    return [number, right];
  };

  it('is shown with the right that was proven', () => {
    const ask = (callerId: string) => shown(lab.call('Acme', LONDON, { callerId }));
    expect(ask('+12025550101')).toEqual(['+12025550101', 'owned']);
    expect(ask(FOREIGN)).toEqual(['+12025550101', 'default']);
    lab.verified.add(`tenant Acme ${FOREIGN}`);
    expect(ask(FOREIGN)).toEqual([FOREIGN, 'verified']);
    // Proven by one tenant it is nobody else's.
    expect(shown(lab.call('Birch', LONDON, { callerId: FOREIGN }))).toEqual([
      '+12025550102',
      'default',
    ]);
  });

  it('is refused where the tenant would rather have no call', () => {
    lab.change('tenants', 'tenant Acme', { callerIdPolicy: 'refuse' });
    expect(refused(lab.call('Acme', LONDON, { callerId: FOREIGN })).code).toBe(
      'CALLER_ID_NOT_ALLOWED',
    );
    expect(lab.call('Acme', LONDON).kind).toBe('planned');
    expect(lab.call('Acme', LONDON, { callerId: '101' }).kind).toBe('planned');
    expect(lab.call('Acme', '102', { callerId: FOREIGN }).kind).toBe('planned');
    expect(lab.call('Acme', '911', { callerId: FOREIGN }).kind).toBe('planned');
    lab.verified.add(`tenant Acme ${FOREIGN}`);
    expect(lab.call('Acme', LONDON, { callerId: FOREIGN }).kind).toBe('planned');
  });

  it('counts where a phone only claimed it in passing, too', () => {
    lab.change('tenants', 'tenant Acme', { callerIdPolicy: 'refuse' });
    const origin = { kind: 'extension', tenantId: 'tenant Acme', number: '101' } as const;
    const ask = (claimed: string) =>
      lab.request({ origin, dialled: LONDON, callerId: null, claimed });
    expect(refused(ask(FOREIGN)).code).toBe('CALLER_ID_NOT_ALLOWED');
    expect(ask('101').kind).toBe('planned');
    expect(ask('anonymous').kind).toBe('planned');
  });
});
