import { describe, expect, it } from 'vitest';
import { createRequest, createResponse } from '@/lib/protocol/sip/build';
import {
  firstRseq,
  ReliableOrder,
  ReliableProvisionals,
  readRack,
  reliableSequence,
} from '@/lib/protocol/sip/reliable-provisional';
import { ManualTimers } from '@/lib/protocol/sip/timers';

function prack(rack: string | undefined) {
  return createRequest({
    method: 'PRACK',
    uri: 'sip:us',
    headers: {
      from: '<sip:a>;tag=a',
      to: '<sip:b>;tag=b',
      'call-id': 'c',
      cseq: '2 PRACK',
      rack,
    },
  });
}

function machine() {
  const timers = new ManualTimers();
  const told: string[] = [];
  const reliable = new ReliableProvisionals({
    timers,
    inviteSequence: 1,
    firstRseq: 100,
    resend: () => told.push(`again ${timers.nowMs}`),
    onGiveUp: () => told.push(`given up ${timers.nowMs}`),
  });
  const send = (hasSdp = false) =>
    reliable.send({ hasSdp, send: (rseq) => told.push(`sent ${rseq}`) });
  const rack = (rseq: number, changes: { sequence?: number; method?: string } = {}) =>
    reliable.acknowledge({ rseq, sequence: 1, method: 'INVITE', ...changes });
  return { timers, told, reliable, send, rack };
}

describe('a reliable provisional', () => {
  it('is repeated at T1, doubling, until 64·T1, then given up (RFC 3262 §3)', () => {
    const { timers, told, send } = machine();
    send();
    timers.advance(100_000);
    expect(told).toEqual([
      'sent 100',
      ...['500', '1500', '3500', '7500', '15500', '31500'].map((ms) => `again ${ms}`),
      'given up 32000',
    ]);
    expect(timers.size).toBe(0);
  });

  it('is acknowledged by its RSeq, CSeq and method, and by nothing else', () => {
    const { timers, told, send, rack } = machine();
    send();
    expect(rack(99)).toBe(false);
    expect(rack(101)).toBe(false);
    expect(rack(100, { sequence: 2 })).toBe(false);
    expect(rack(100, { method: 'UPDATE' })).toBe(false);
    expect(rack(100)).toBe(true);
    expect(rack(100)).toBe(false);
    timers.advance(100_000);
    expect(told).toEqual(['sent 100']);
  });

  it('waits for the one before it, and holds the 2xx back where it bears SDP', () => {
    const { told, reliable, send, rack } = machine();
    send();
    send(true);
    expect(told).toEqual(['sent 100']);
    expect(reliable.holdsAnswer).toBe(true);
    reliable.beforeAnswer(() => told.push('answer'));
    rack(100);
    expect(told).toEqual(['sent 100', 'sent 101']);
    rack(101);
    expect(told).toEqual(['sent 100', 'sent 101', 'answer']);
  });

  it('does not hold the 2xx back without SDP', () => {
    const { told, reliable, send } = machine();
    send();
    reliable.beforeAnswer(() => told.push('answer'));
    expect(told).toEqual(['sent 100', 'answer']);
    reliable.stop();
  });

  it('may be acknowledged after the final answer, and is not repeated then (§3)', () => {
    const { timers, told, reliable, send, rack } = machine();
    send();
    reliable.stop();
    timers.advance(40_000);
    expect(told).toEqual(['sent 100']);
    expect(rack(100)).toBe(true);
    expect(rack(100)).toBe(false);
  });

  it('is one of a few: a callee that rings without end is not followed', () => {
    const { told, send, rack } = machine();
    for (let count = 0; count < 100; count += 1) send();
    for (let rseq = 100; rseq < 200; rseq += 1) rack(rseq);
    expect(told).toHaveLength(9);
  });
});

describe('on the wire', () => {
  it('RAck is three words', () => {
    expect(readRack(prack('776656 1 INVITE'))).toEqual({
      rseq: 776656,
      sequence: 1,
      method: 'INVITE',
    });
    for (const rack of [undefined, '', '1 INVITE', '1 2 3 INVITE', 'x 1 INVITE', '1 1']) {
      expect(readRack(prack(rack))).toBeUndefined();
    }
  });

  it('RSeq counts only with Require: 100rel, on 101 to 199', () => {
    const invite = createRequest({
      method: 'INVITE',
      uri: 'sip:b',
      headers: { from: '<sip:a>;tag=a', to: '<sip:b>', 'call-id': 'c', cseq: '1 INVITE' },
    });
    const response = (status: number, require: string | undefined) =>
      createResponse(invite, { status }, { headers: { require, rseq: '5' } });
    expect(reliableSequence(response(180, 'timer, 100REL'))).toBe(5);
    expect(reliableSequence(response(180, undefined))).toBeUndefined();
    expect(reliableSequence(response(200, '100rel'))).toBeUndefined();
    expect(reliableSequence(response(100, '100rel'))).toBeUndefined();
  });

  it('our first RSeq lies between 1 and 2^31 - 1', () => {
    expect(firstRseq(0)).toBe(1);
    expect(firstRseq(0.999_999_999_9)).toBeLessThanOrEqual(2 ** 31 - 1);
  });

  it('the first RSeq may be any, each further one must follow', () => {
    const order = new ReliableOrder();
    expect([order.take(7), order.take(7), order.take(9), order.take(8), order.take(9)]).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });
});
