import { describe, expect, it } from 'vitest';
import { createRequest, createResponse } from '@/lib/protocol/sip/build';
import type { HeaderInit } from '@/lib/protocol/sip/message';
import {
  answerSessionTimer,
  expiryMarginSeconds,
  raisedInterval,
  readSessionTimer,
  SessionTimer,
  sessionAnswerHeaders,
  settledSessionTerms,
} from '@/lib/protocol/sip/session-timer';
import { ManualTimers } from '@/lib/protocol/sip/timers';

function invite(headers: HeaderInit = {}) {
  return createRequest({
    method: 'INVITE',
    uri: 'sip:102@acme.test',
    headers: {
      from: '<sip:101@acme.test>;tag=a',
      to: '<sip:102@acme.test>',
      'call-id': 'c',
      cseq: '1 INVITE',
      ...headers,
    },
  });
}

const response = (status: number, headers: HeaderInit) =>
  createResponse(invite(), { status }, { headers });

describe('Session-Expires', () => {
  it('is read with its refresher, in compact form and any case', () => {
    const read = readSessionTimer(invite({ x: '600 ; Refresher=UAS', k: '100rel, Timer' }));
    expect(read).toEqual({
      isSupported: true,
      expiresSeconds: 600,
      refresher: 'uas',
      minSeconds: 90,
    });
  });

  it.each(['', 'soon', '-1', '1e3', '99999999999', '600,700'])('is not read of %j', (value) => {
    expect(readSessionTimer(invite({ 'session-expires': value })).expiresSeconds).toBeNull();
  });
});

describe('the answer to an INVITE', () => {
  it('is refused below 90 s, but only to those who know what 422 means', () => {
    const short = { 'session-expires': '30' };
    expect(answerSessionTimer(invite({ ...short, supported: 'timer' }))).toEqual({
      ok: false,
      minSeconds: 90,
    });
    expect(answerSessionTimer(invite(short))).toMatchObject({
      ok: true,
      terms: { intervalSeconds: 90, weRefresh: true, peerKeepsTime: false },
    });
  });

  it.each([
    // asked, Min-SE of the asker, agreed
    [undefined, undefined, 1800],
    ['600', undefined, 600],
    ['7200', undefined, 1800],
    ['7200', '3600', 3600],
    ['7200', '9000', 7200],
    ['1800', '90', 1800],
  ])('to %s with Min-SE %s is %i', (expires, minimum, agreed) => {
    const headers = { supported: 'timer', 'session-expires': expires, 'min-se': minimum };
    expect(answerSessionTimer(invite(headers))).toMatchObject({
      ok: true,
      terms: { intervalSeconds: agreed },
    });
  });

  it.each([
    // RFC 4028 table 2: UAC supports, refresher asked for, who does it
    [true, '', 'uac'],
    [true, ';refresher=uac', 'uac'],
    [true, ';refresher=uas', 'uas'],
    [false, '', 'uas'],
  ])('supported %s, refresher %j: %s refreshes', (supports, suffix, refresher) => {
    const verdict = answerSessionTimer(
      invite({
        'session-expires': `600${suffix}`,
        ...(supports ? { supported: 'timer' } : {}),
      }),
    );
    if (!verdict.ok) throw new Error('refused');
    const headers = sessionAnswerHeaders(verdict.terms);
    expect(headers['session-expires']).toBe(`600;refresher=${refresher}`);
    // §9: the peer must know that it is the one.
    expect(headers['require']).toBe(refresher === 'uac' ? 'timer' : undefined);
  });
});

describe('what a 2xx settles', () => {
  it('is our own refresh where the peer knows no timers', () => {
    expect(settledSessionTerms(1800, response(200, {}))).toEqual({
      intervalSeconds: 1800,
      weRefresh: true,
      peerKeepsTime: false,
    });
  });

  it('is what it says, never less than 90 s', () => {
    const settled = (value: string) =>
      settledSessionTerms(1800, response(200, { 'session-expires': value }));
    expect(settled('1200;refresher=uas')).toMatchObject({
      intervalSeconds: 1200,
      weRefresh: false,
    });
    expect(settled('1200;refresher=uac')).toMatchObject({ weRefresh: true });
    expect(settled('1')).toMatchObject({ intervalSeconds: 90, peerKeepsTime: true });
  });

  it('a 422 raises the interval, unless it asks for what it was refused or for nonsense', () => {
    expect(raisedInterval(1800, response(422, { 'min-se': '3600' }))).toBe(3600);
    expect(raisedInterval(1800, response(422, { 'min-se': '1800' }))).toBeNull();
    expect(raisedInterval(1800, response(422, { 'min-se': '999999999' }))).toBeNull();
    expect(raisedInterval(1800, response(422, {}))).toBeNull();
    expect(raisedInterval(1800, response(486, { 'min-se': '3600' }))).toBeNull();
  });
});

describe('the timer', () => {
  function started(weRefresh: boolean, intervalSeconds = 90) {
    const timers = new ManualTimers();
    const told: string[] = [];
    class Told extends SessionTimer {
      protected override get timers(): ManualTimers {
        return timers;
      }

      protected override onRefresh(): void {
        told.push(`refresh ${timers.nowMs}`);
      }

      protected override onExpired(): void {
        told.push(`expired ${timers.nowMs}`);
      }
    }
    const timer = new Told();
    const terms = { intervalSeconds, weRefresh, peerKeepsTime: true };
    timer.agree(terms);
    return { timers, told, timer, terms };
  }

  it('asks for a refresh at half of the interval, and expires a margin before its end', () => {
    const { timers, told } = started(true);
    timers.advance(200_000);
    expect(told).toEqual(['refresh 45000', 'expired 60000']);
    expect(timers.size).toBe(0);
  });

  it('waits for a peer that refreshes, and begins anew each time', () => {
    const { timers, told, timer, terms } = started(false);
    timers.advance(59_000);
    timer.agree(terms);
    timers.advance(59_000);
    expect(told).toEqual([]);
    timers.advance(1_000);
    expect(told).toEqual(['expired 119000']);
  });

  it('gives up 32 s ahead of long intervals, a third of short ones', () => {
    expect(expiryMarginSeconds(1800)).toBe(32);
    expect(expiryMarginSeconds(90)).toBe(30);
  });

  it('leaves nothing behind when it is stopped', () => {
    const { timers, told, timer } = started(true);
    timer.stop();
    timer.proven();
    timers.advance(200_000);
    expect(told).toEqual([]);
    expect(timers.size).toBe(0);
  });
});
