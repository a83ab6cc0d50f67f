import { expect, test } from 'vitest';
import {
  advanceSubscription,
  grantInterval,
  parseEvent,
  type SubscriptionState,
  subscriptionStateValue,
} from '@/lib/protocol/sip/subscription';

const active: SubscriptionState = { kind: 'active', expiresAtMs: 60_000 };
const BOUNDS = { minSeconds: 60, maxSeconds: 3_600, defaultSeconds: 1_800 };

test('a refresh moves the end and is told at once; an interval of zero ends it', () => {
  const refreshed = advanceSubscription(active, {
    type: 'subscribed',
    expiresSeconds: 600,
    nowMs: 1_000,
  });
  expect(refreshed).toEqual({ state: { kind: 'active', expiresAtMs: 601_000 }, notify: true });
  expect(advanceSubscription(active, { type: 'subscribed', expiresSeconds: 0, nowMs: 0 })).toEqual({
    state: { kind: 'terminated', reason: 'timeout' },
    notify: true,
  });
});

test('what runs out, or is ended by us, is told why', () => {
  expect(advanceSubscription(active, { type: 'expired' })).toEqual({
    state: { kind: 'terminated', reason: 'timeout' },
    notify: true,
  });
  expect(advanceSubscription(active, { type: 'ended', reason: 'deactivated' })).toEqual({
    state: { kind: 'terminated', reason: 'deactivated' },
    notify: true,
  });
});

test('481, silence and their like end it without a word; other answers do not', () => {
  for (const status of [404, 408, 410, 480, 481, 489, 501]) {
    expect(advanceSubscription(active, { type: 'answered', status }).state.kind).toBe('forgotten');
  }
  for (const status of [200, 401, 500, 503]) {
    expect(advanceSubscription(active, { type: 'answered', status })).toEqual({
      state: active,
      notify: false,
    });
  }
});

test('nothing revives what has ended', () => {
  const over: SubscriptionState = { kind: 'terminated', reason: 'timeout' };
  const step = advanceSubscription(over, { type: 'subscribed', expiresSeconds: 60, nowMs: 0 });
  expect(step).toEqual({ state: over, notify: false });
});

test('Subscription-State says what is left, or why it is over', () => {
  expect(subscriptionStateValue(active, 50_001)).toBe('active;expires=10');
  expect(subscriptionStateValue({ kind: 'terminated', reason: 'noresource' }, 0)).toBe(
    'terminated;reason=noresource',
  );
});

test('an Event is read at token boundaries, its id kept', () => {
  expect(parseEvent('dialog')).toEqual({ name: 'dialog', id: undefined });
  expect(parseEvent('Dialog ; id=7;sla')).toEqual({ name: 'dialog', id: '7' });
  for (const text of ['', ';id=7', 'dia log', 'dialog;=', `${'x'.repeat(65)}`]) {
    expect(parseEvent(text)).toBeUndefined();
  }
});

test('intervals are granted within bounds, and zero is no interval', () => {
  expect(grantInterval(null, BOUNDS)).toEqual({ ok: true, seconds: 1_800 });
  expect(grantInterval(7_200, BOUNDS)).toEqual({ ok: true, seconds: 3_600 });
  expect(grantInterval(0, BOUNDS)).toEqual({ ok: true, seconds: 0 });
  expect(grantInterval(59, BOUNDS)).toEqual({ ok: false });
});
