import { describe, expect, it } from 'vitest';
import { type CallRow, directionOf, matchesFilters } from '@/components/calls/call-rows';
import { costSoFar, paidHop } from '@/components/calls/live-cost';
import { heardFrom } from '@/components/calls/media-figures';
import { callFilterQuery } from '@/components/calls/queries';
import type { LiveCall } from '@/lib/services/live/schemas';

const ACME = '01a1fc2f-5c19-7306-8764-22d34d2a77d0';
const hop = {
  hop: 0,
  buyerAccountId: ACME,
  sellerAccountId: null,
  perMinute: { amount: '0.0500', currency: 'USD' },
  connectFee: { amount: '0.000000', currency: 'USD' },
  firstIncrementSeconds: 60,
  nextIncrementSeconds: 1,
  freeSeconds: 0,
  amount: null,
};
const party = { number: '101', name: 'Dana', extensionId: ACME, tenantId: ACME };
const call: LiveCall = {
  callId: ACME,
  class: 'outbound',
  recording: null,
  state: 'answered',
  side: 'caller',
  from: party,
  to: { number: '+447700900123', name: null, extensionId: null, tenantId: null },
  dialled: '+447700900123',
  destination: 'United Kingdom mobile',
  hops: [hop],
  trunkId: null,
  carrierId: null,
  startedAt: '2026-11-21T10:00:00.000Z',
  ringingAt: null,
  answeredAt: '2026-11-21T10:00:00.000Z',
  endedAt: null,
};
const row: CallRow = { kind: 'live', id: ACME, call };
const none = { search: null, when: null, direction: null, result: null };

describe('the running cost of a call', () => {
  it('is what the switch would charge if it ended now', () => {
    // The lab's check figure: Acme to +447700900123 for 61 s.
    expect(costSoFar(hop, 61).amount).toBe('0.050833');
    expect(costSoFar(hop, 60.2).amount).toBe('0.050833');
    expect(costSoFar(hop, 5).amount).toBe('0.050000');
  });

  it('is nothing before the answer', () => {
    expect(costSoFar(hop, 0).amount).toBe('0.000000');
  });

  it('is what was settled once it is', () => {
    const amount = { amount: '0.123456', currency: 'USD' };
    expect(costSoFar({ ...hop, amount }, 5)).toEqual(amount);
  });

  it('is told of the hop that the viewer pays at', () => {
    expect(paidHop(call, ACME)).toBe(hop);
    expect(paidHop(call, 'somebody else')).toBeNull();
  });
});

describe('live calls among filtered ones', () => {
  it('are found by number, however it is written, and by name', () => {
    expect(matchesFilters(row, { ...none, search: '7700 900' })).toBe(true);
    expect(matchesFilters(row, { ...none, search: 'dana' })).toBe(true);
    expect(matchesFilters(row, { ...none, search: '202' })).toBe(false);
  });

  it('are not among calls of a result: they have none yet', () => {
    expect(matchesFilters(row, { ...none, result: 'answered' })).toBe(false);
  });

  it('go the way that the viewer sees', () => {
    expect(directionOf(row)).toBe('outbound');
    expect(directionOf({ ...row, call: { ...call, side: 'callee' } })).toBe('inbound');
    expect(directionOf({ ...row, call: { ...call, side: 'both' } })).toBe('internal');
  });
});

describe('the filters of the list', () => {
  it('make the same request for the same hour, so that it is asked once', () => {
    const first = callFilterQuery({ ...none, when: 'week' }, Date.parse('2026-11-21T10:05:00Z'));
    const second = callFilterQuery({ ...none, when: 'week' }, Date.parse('2026-11-21T10:55:00Z'));
    expect(first).toEqual(second);
    expect(first['from']).toBe('2026-11-14T10:00:00.000Z');
  });

  it('ignore a time that is none', () => {
    expect(callFilterQuery({ ...none, when: 'toString' }, 0)['from']).toBeNull();
  });
});

describe('what was heard of a call', () => {
  it('is loss of what was expected, never below zero', () => {
    const received = { packets: 99, lost: 1, jitterMs: 2 };
    const twice = { packets: 100, lost: -4, jitterMs: 0 };
    const media = {
      legs: [
        { legId: 'a', received },
        { legId: 'b', received: twice },
      ],
    };
    expect(heardFrom(media).map((side) => side.lossPercent)).toEqual([1, 0]);
  });

  it('has no round trip and no MOS where the record is older than those, or nobody could tell', () => {
    const received = { packets: 10, lost: 0, jitterMs: 2 };
    const media = {
      legs: [
        { legId: 'a', received },
        { legId: 'b', received: { ...received, mos: null }, roundTripMs: null },
        { legId: 'c', received: { ...received, mos: 4.1 }, roundTripMs: 31 },
      ],
    };
    const told = heardFrom(media).map(({ mos, roundTripMs }) => [mos, roundTripMs]);
    expect(told).toEqual([
      [null, null],
      [null, null],
      [4.1, 31],
    ]);
  });

  it('is nothing where nothing was measured', () => {
    expect(heardFrom(null)).toEqual([]);
    expect(
      heardFrom({ legs: [{ legId: 'a', received: { packets: 0, lost: 0, jitterMs: 0 } }] }),
    ).toEqual([]);
  });
});
