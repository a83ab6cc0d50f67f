import { describe, expect, it } from 'vitest';
import { type Claim, type HeardMessage, RING_LIMITS, TraceRing } from '@/lib/switch/capture/ring';

const message = (bytes = 100, atMs = 0): HeardMessage => ({
  atMs,
  direction: 'in',
  transport: 'udp',
  local: { address: '127.0.0.1', port: 5060 },
  remote: { address: '192.0.2.1', port: 5060 },
  text: 'x'.repeat(bytes),
});
const claim = (callId: string, more: Partial<Claim> = {}): Claim => ({
  callId,
  tenantId: 'tenant',
  accountId: 'account',
  retentionDays: 7,
  leg: 0,
  isCarrier: false,
  ...more,
});
const ring = (limits: Partial<typeof RING_LIMITS> = {}) =>
  new TraceRing({ ...RING_LIMITS, ...limits });

describe('the ring', () => {
  it('gives a call its messages from the first one on, and then forgets them', () => {
    const kept = ring();
    kept.add('dialog', message());
    kept.claim('dialog', claim('call'));
    kept.add('dialog', message());
    expect(kept.read('call')[0]?.messages).toHaveLength(2);
    expect(kept.take('call')).toHaveLength(1);
    expect(kept.read('call')).toEqual([]);
    expect([kept.bytes, kept.size]).toEqual([0, 0]);
  });

  it('begins a dialog with an INVITE alone, and hears no more of those who do not capture', () => {
    const kept = ring();
    expect(kept.wants('dialog', false)).toBe(false);
    expect(kept.wants('dialog', true)).toBe(true);
    kept.add('dialog', message());
    expect(kept.wants('dialog', false)).toBe(true);
    kept.claim('dialog', null);
    expect(kept.wants('dialog', true)).toBe(false);
    expect(kept.bytes).toBe(0);
  });

  it('belongs to whom it was given first', () => {
    const kept = ring();
    kept.add('dialog', message());
    kept.claim('dialog', claim('one'));
    kept.claim('dialog', claim('other', { accountId: 'thief' }));
    expect(kept.read('other')).toEqual([]);
    expect(kept.read('one')).toHaveLength(1);
  });

  it('gives up what is nobody’s for what is somebody’s, the oldest first', () => {
    const kept = ring({ maxBytes: 300 });
    kept.add('oldest', message());
    kept.add('mine', message());
    kept.claim('mine', claim('call'));
    kept.add('younger', message());
    kept.add('mine', message());
    expect(kept.wants('oldest', false)).toBe(false);
    expect(kept.wants('younger', false)).toBe(true);
    expect(kept.read('call')[0]?.messages).toHaveLength(2);
    expect(kept.bytes).toBe(300);
  });

  it('keeps the beginning of a call that is too long, and says so', () => {
    const kept = ring({ maxCallMessages: 3 });
    kept.add('dialog', message());
    kept.claim('dialog', claim('call'));
    for (let count = 0; count < 10; count += 1) kept.add('dialog', message());
    expect(kept.read('call')[0]).toMatchObject({ isTruncated: true });
    expect(kept.read('call')[0]?.messages).toHaveLength(3);
    expect(kept.dropped).toBe(8);
  });

  it('does not let one tenant take the room of the others', () => {
    const kept = ring({ maxTenantBytes: 250 });
    for (const name of ['a', 'b', 'c']) {
      kept.add(name, message());
      kept.claim(name, claim(name, { tenantId: 'busy' }));
    }
    kept.add('c', message());
    expect(kept.read('c')[0]?.isTruncated).toBe(true);
    kept.add('quiet', message());
    kept.claim('quiet', claim('quiet', { tenantId: 'quiet' }));
    kept.add('quiet', message());
    expect(kept.read('quiet')[0]).toMatchObject({ isTruncated: false });
  });

  it('never grows beyond its bounds, whatever it is told', () => {
    const kept = ring({ maxBytes: 10_000, maxDialogs: 50 });
    for (let count = 0; count < 5_000; count += 1) {
      kept.add(`dialog ${count}`, message(count % 700));
      if (count % 7 === 0) kept.claim(`dialog ${count}`, claim(`call ${count % 13}`));
      if (count % 11 === 0) kept.claim(`dialog ${count}`, null);
      if (count % 97 === 0) kept.take(`call ${count % 13}`);
      expect(kept.bytes).toBeLessThanOrEqual(10_000);
      expect(kept.size).toBeLessThanOrEqual(50);
    }
    for (let call = 0; call < 13; call += 1) kept.take(`call ${call}`);
    kept.clear();
    expect([kept.bytes, kept.size]).toEqual([0, 0]);
  });

  it('forgets what nobody claimed in the time that it may ring', () => {
    const kept = ring({ unclaimedMs: 1_000 });
    kept.add('dialog', message(100, 0));
    kept.add('mine', message(100, 0));
    kept.claim('mine', claim('call'));
    kept.sweep(1_001);
    expect(kept.wants('dialog', false)).toBe(false);
    expect(kept.read('call')).toHaveLength(1);
  });
});

it('forgets a dialog of several calls with the last of them, and leaves nothing behind', () => {
  const kept = ring();
  kept.add('dialog', message(100, 1));
  kept.claim('dialog', claim('one'));
  for (let count = 0; count < 20; count += 1) kept.claim('dialog', claim(`more ${count}`), 2);
  kept.add('dialog', message(100, 3));
  // No more calls than one leg is ever handed through.
  expect(kept.has('more 6')).toBe(true);
  expect(kept.has('more 7')).toBe(false);
  expect(kept.take('one')[0]?.messages).toHaveLength(2);
  expect(kept.bytes).toBeGreaterThan(0);
  for (let count = 0; count < 7; count += 1) {
    expect(kept.take(`more ${count}`)[0]?.messages).toHaveLength(1);
  }
  expect([kept.bytes, kept.size]).toEqual([0, 0]);
  expect(kept.take('one')).toEqual([]);
});
