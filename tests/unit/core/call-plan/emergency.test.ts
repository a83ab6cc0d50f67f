import { beforeEach, expect, test } from 'vitest';
import { isForHelp } from '@/lib/core/call-plan/emergency';
import type { CallPlan, PlannedCall } from '@/lib/core/call-plan/plan';
import { NO_LIMITS } from '@/lib/core/call-plan/views';
import { e164, Lab } from './lab';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});

function planned(plan: CallPlan): PlannedCall {
  if (plan.kind !== 'planned') throw new Error(`refused: ${plan.code}, ${plan.message}`);
  return plan;
}

const BIRCH = e164('+12025550102');
const HALL = e164('+12025550199');
const from = { kind: 'trunk', trunkId: 'trunk carrier-a' } as const;

/** Birch's 101 has just called for help and showed a number; Acme has a 101 too. */
function calledFor(number: string, extensionId = 'Birch 103'): void {
  lab.directory.callbackTo = (asked) =>
    asked === number ? { extensionId, trunkId: null } : undefined;
}

test('a call for help shows the number of the tenant’s place, not that of its first number', () => {
  lab.change('tenants', 'tenant Birch', { emergencyLocationId: 'hall', emergencyNumber: HALL });
  const plan = planned(lab.call('Birch', '911', { callerId: '+12025550101' }));
  expect(plan.callerId).toEqual({ number: HALL, right: 'default', isWithheld: false });
});

test('a caller whose number has a place of its own shows that number', () => {
  lab.change('tenants', 'tenant Birch', { emergencyLocationId: 'hall', emergencyNumber: HALL });
  lab.change('extensions', 'Birch 101', { callerNumber: BIRCH });
  const number = lab.numbers.get(BIRCH);
  if (!number) throw new Error('no number');
  expect(planned(lab.call('Birch', '911')).callerId.number).toBe(HALL);
  lab.numbers.set(BIRCH, { ...number, emergencyLocationId: 'branch' });
  expect(planned(lab.call('Birch', '911')).callerId.number).toBe(BIRCH);
  // A number that has left the tenant is nobody's place there.
  lab.numbers.set(BIRCH, { ...number, emergencyLocationId: 'branch', tenantId: 'tenant Acme' });
  expect(planned(lab.call('Birch', '911')).callerId.number).toBe(HALL);
});

test('a call back rings the phone that called for help, through suspensions, limits and other routes', () => {
  calledFor(BIRCH);
  for (const name of ['Operator', 'North', 'South', 'Birch']) {
    const limits = { ...NO_LIMITS, maxConcurrentCalls: 0 };
    lab.change('accounts', name, { status: 'suspended', limits });
  }
  lab.change('tenants', 'tenant Birch', { status: 'suspended' });
  const number = lab.numbers.get(BIRCH);
  if (number) lab.numbers.set(BIRCH, { ...number, inService: false });
  const plan = planned(lab.plan(from, BIRCH));
  expect(plan).toMatchObject({
    callClass: 'inbound',
    payerAccountId: null,
    hops: [],
    accountId: 'Birch',
    attempts: [{ kind: 'extension', extensionId: 'Birch 103', ringsThrough: true }],
  });
  expect(isForHelp(plan)).toBe(true);
});

test('a PBX that called for help is called back, whatever its house', () => {
  lab.addTrunk('pbx', { carrierId: null, tenantId: 'tenant Birch' });
  lab.directory.callbackTo = () => ({ extensionId: null, trunkId: 'trunk pbx' });
  lab.change('accounts', 'Birch', { status: 'suspended' });
  const plan = planned(lab.plan(from, BIRCH));
  expect(plan).toMatchObject({
    accountId: 'Birch',
    destination: { kind: 'e164', e164: BIRCH },
    attempts: [{ kind: 'trunk', trunkId: 'trunk pbx', number: BIRCH, buy: null }],
  });
  expect(isForHelp(plan)).toBe(true);
});

test('every other call to it goes where the number leads', () => {
  calledFor(HALL);
  const plan = planned(lab.plan(from, BIRCH));
  expect(plan.attempts).toEqual([
    { kind: 'extension', tenantId: 'tenant Birch', extensionId: 'Birch 101', number: '101' },
  ]);
  expect(isForHelp(plan)).toBe(false);
});

test('whoever calls from a trunk that is out of service rings nobody through', () => {
  calledFor(BIRCH);
  lab.change('trunks', 'trunk carrier-a', { status: 'suspended' });
  expect(lab.plan(from, BIRCH).kind).toBe('refused');
});
