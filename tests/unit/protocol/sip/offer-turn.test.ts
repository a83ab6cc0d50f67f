import { describe, expect, it } from 'vitest';
import { glareDelayMs, OfferTurn, retryAfterSeconds, shareOf } from '@/lib/protocol/sip/offer-turn';

describe('whose turn it is', () => {
  it('an INVITE over one of ours is 491, over one of its own 500 (RFC 3261 §14.2)', () => {
    const ours = new OfferTurn();
    expect(ours.begin('INVITE', true)).toBe(true);
    expect(ours.receive('INVITE', true)).toBe(491);
    expect(ours.receive('INVITE', false)).toBe(491);
    const theirs = new OfferTurn();
    expect(theirs.receive('INVITE', true)).toBeUndefined();
    expect(theirs.receive('INVITE', true)).toBe(500);
    expect(theirs.begin('INVITE', true)).toBe(false);
  });

  it('an UPDATE that offers collides like an INVITE, one that does not never (RFC 3311 §5.2)', () => {
    const turn = new OfferTurn();
    turn.begin('INVITE', true);
    expect(turn.receive('UPDATE', true)).toBe(491);
    expect(turn.receive('UPDATE', false)).toBeUndefined();
    expect(turn.receive('UPDATE', false)).toBe(500);
    turn.finished('UPDATE');
    turn.finished('INVITE');
    expect(turn.receive('UPDATE', true)).toBeUndefined();
  });

  it('after a reliable answer the early dialog may be updated, though the INVITE is open', () => {
    const turn = new OfferTurn();
    turn.begin('INVITE', true);
    turn.answered();
    expect(turn.receive('UPDATE', true)).toBeUndefined();
    turn.finished('UPDATE');
    expect(turn.begin('UPDATE', true)).toBe(true);
    expect(turn.receive('INVITE', true)).toBe(491);
  });

  it('an offer in a 2xx is open until its ACK', () => {
    const turn = new OfferTurn();
    turn.receive('INVITE', false);
    turn.finished('INVITE');
    turn.offered();
    expect(turn.receive('INVITE', true)).toBe(491);
    expect(turn.begin('UPDATE', true)).toBe(false);
    expect(turn.begin('UPDATE', false)).toBe(true);
    turn.finished('UPDATE');
    turn.answered();
    expect(turn.begin('INVITE', true)).toBe(true);
  });

  it('what is over leaves the turn free, and an offer of the other side alone', () => {
    const turn = new OfferTurn();
    turn.receive('UPDATE', true);
    expect(turn.begin('INVITE', true)).toBe(false);
    turn.finished('UPDATE');
    expect(turn.begin('INVITE', true)).toBe(true);
    turn.finished('INVITE');
    expect(turn.receive('INVITE', true)).toBeUndefined();
  });
});

describe('how long to wait', () => {
  it('lies between 2.1 and 4 s for the Call-ID’s owner, below 2 s for the other (§14.1)', () => {
    expect(glareDelayMs(true, 0)).toBe(2_100);
    expect(glareDelayMs(true, 0.9999)).toBe(4_000);
    expect(glareDelayMs(false, 0)).toBe(0);
    expect(glareDelayMs(false, 0.9999)).toBe(2_000);
    expect(glareDelayMs(true, 0.4321) % 10).toBe(0);
  });

  it('is spread by tokens, short ones too', () => {
    const shares = Array.from({ length: 400 }, (_, index) => shareOf(`token${index}`));
    for (const share of shares) expect(share >= 0 && share < 1).toBe(true);
    const low = shares.filter((share) => share < 0.5).length;
    expect(low).toBeGreaterThan(150);
    expect(low).toBeLessThan(250);
  });

  it('is 0 to 10 s after a 500', () => {
    expect(retryAfterSeconds(0)).toBe(0);
    expect(retryAfterSeconds(0.9999)).toBe(10);
  });
});
