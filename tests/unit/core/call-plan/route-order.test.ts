import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallPlan } from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import type { RouteGroupMemberView } from '@/lib/core/call-plan/views';
import { Lab } from './lab';

/** In which order routes are tried. */
const LONDON = '+442079460018';
const AT_MS = Date.UTC(2026, 5, 1, 12);

let lab: Lab;

beforeEach(() => {
  lab = new Lab();
  lab.addTrunk('carrier-c', { carrierId: 'carrier-a' });
});

function byPriority(members: Readonly<Record<string, [priority: number, weight: number]>>): void {
  lab.routeGroup = {
    ...{ id: 'routes', name: 'all', strategy: 'priority' },
    members: Object.entries(members).map(
      ([name, [priority, weight]]): RouteGroupMemberView => ({
        trunkId: `trunk ${name}`,
        priority,
        weight,
      }),
    ),
  };
}

function namesOf(plan: CallPlan): string[] {
  if (plan.kind === 'refused') return [];
  return plan.attempts.flatMap((one) => (one.kind === 'trunk' ? [one.trunkId.slice(6)] : []));
}

function drawn(lot: number): string[] {
  const origin = { kind: 'extension', tenantId: 'tenant Acme', number: '101' } as const;
  const request = { origin, dialled: LONDON, callerId: null };
  const { directory, decks, limits } = lab;
  return namesOf(planCall({ directory, decks, limits, draw: () => lot }, request, AT_MS));
}

describe('routes of the same priority', () => {
  it('are first for their share of the calls', () => {
    byPriority({ 'carrier-a': [1, 70], 'carrier-b': [1, 20], 'carrier-c': [1, 10] });
    expect(drawn(0)[0]).toBe('carrier-a');
    expect(drawn(0.699)[0]).toBe('carrier-a');
    expect(drawn(0.7)[0]).toBe('carrier-b');
    expect(drawn(0.899)[0]).toBe('carrier-b');
    expect(drawn(0.9)[0]).toBe('carrier-c');
    expect(drawn(0.999)[0]).toBe('carrier-c');
  });

  it('follow each other in the same proportion: two thirds to one of what is left', () => {
    byPriority({ 'carrier-a': [1, 70], 'carrier-b': [1, 20], 'carrier-c': [1, 10] });
    const second = { 'carrier-a': 0, 'carrier-b': 0, 'carrier-c': 0 };
    const lots = 7_000;
    for (let index = 0; index < lots; index += 1) {
      const [, name] = drawn((index / lots) * 0.7);
      if (name === 'carrier-b' || name === 'carrier-c') second[name] += 1;
    }
    expect(second['carrier-b'] / lots).toBeCloseTo(2 / 3, 2);
    expect(second['carrier-a']).toBe(0);
  });

  it('never come before a lower one, and each is tried once, whatever the lot', () => {
    byPriority({ 'carrier-a': [2, 1], 'carrier-b': [1, 999], 'carrier-c': [1, 1] });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (lot) => {
        const names = drawn(lot);
        expect([...names].sort()).toEqual(['carrier-a', 'carrier-b', 'carrier-c']);
        expect(names[2]).toBe('carrier-a');
      }),
    );
  });

  it('without a lot go by weight, so that the same plan comes out every time', () => {
    byPriority({ 'carrier-a': [1, 1], 'carrier-b': [1, 9], 'carrier-c': [1, 5] });
    const plan = lab.call('Acme', LONDON);
    expect(namesOf(plan)).toEqual(['carrier-b', 'carrier-c', 'carrier-a']);
  });

  it('of least cost are not drawn: the cheapest is first', () => {
    expect(drawn(0.99)[0]).toBe('carrier-b');
  });
});

describe('a route that is demoted', () => {
  it('comes last, however cheap, and says so', () => {
    lab.demotedTrunkIds.add('trunk carrier-b');
    const plan = lab.call('Acme', LONDON);
    expect(namesOf(plan)).toEqual(['carrier-a', 'carrier-b']);
    expect(plan).toMatchObject({ attempts: [{ kind: 'trunk' }, { isDemoted: true }] });
    if (plan.kind === 'planned') expect(plan.attempts[0]).not.toHaveProperty('isDemoted');
  });

  it('is taken where there is no other', () => {
    lab.demotedTrunkIds.add('trunk carrier-b');
    lab.change('trunks', 'trunk carrier-a', { status: 'suspended' });
    expect(namesOf(lab.call('Acme', LONDON))).toEqual(['carrier-b']);
  });

  it('comes after one of a later priority', () => {
    byPriority({ 'carrier-a': [2, 1], 'carrier-b': [1, 1] });
    lab.demotedTrunkIds.add('trunk carrier-b');
    expect(drawn(0.5)).toEqual(['carrier-a', 'carrier-b']);
  });
});
