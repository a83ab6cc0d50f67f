import { expect, test } from 'vitest';
import {
  mayTryNextRoute,
  q850OfReasons,
  q850OfStatus,
  refusalHeaders,
  relayedStatus,
  SIP_REFUSALS,
} from '@/lib/switch/call/refusals';

test('funds are 402, crowding is 503, any other refusal of a call 403', () => {
  expect(SIP_REFUSALS.INSUFFICIENT_FUNDS.status).toBe(402);
  expect(SIP_REFUSALS.LIMIT_CONCURRENT.status).toBe(503);
  expect(SIP_REFUSALS.LIMIT_CPS.status).toBe(503);
  for (const code of ['DESTINATION_BLOCKED', 'NO_SELL_RATE', 'NO_BUY_RATE', 'MARGIN_NEGATIVE']) {
    expect(SIP_REFUSALS[code as 'NO_SELL_RATE'].status).toBe(403);
  }
});

test('the next route is tried on 5xx, 408 and closed ways, never on busy', () => {
  expect(mayTryNextRoute(503, null)).toBe(true);
  expect(mayTryNextRoute(408, 102)).toBe(true);
  expect(mayTryNextRoute(302, 31)).toBe(true);
  expect(mayTryNextRoute(480, 34)).toBe(true);
  expect(mayTryNextRoute(503, 17)).toBe(false);
  expect(mayTryNextRoute(486, 17)).toBe(false);
  expect(mayTryNextRoute(404, 1)).toBe(false);
  expect(mayTryNextRoute(488, 88)).toBe(true);
  expect(mayTryNextRoute(302, 23)).toBe(true);
  expect(mayTryNextRoute(407, 21)).toBe(true);
  expect(mayTryNextRoute(403, 21)).toBe(false);
});

test('a cause in a Reason header wins over the status, whatever else stands there', () => {
  expect(q850OfReasons(['SIP;cause=486', 'Q.850;cause=17;text="busy"'])).toBe(17);
  expect(q850OfReasons(['Q.850 ; text="x;cause=1" ; cause=34'])).toBeNull();
  expect(q850OfReasons(['SIP;cause=200'])).toBeNull();
  expect(q850OfStatus(486)).toBe(17);
});

test("a challenge of the far side never reaches the caller, nor does a carrier's own 402", () => {
  expect(relayedStatus(401)).toBe(503);
  expect(relayedStatus(407)).toBe(503);
  expect(relayedStatus(402)).toBe(503);
  expect(relayedStatus(302)).toBe(480);
  expect(relayedStatus(486)).toBe(486);
});

test('a refusal bears its code for machines and for the support desk', () => {
  expect(refusalHeaders('INSUFFICIENT_FUNDS', 'upstream')).toEqual({
    reason: 'Q.850;cause=21;text="INSUFFICIENT_FUNDS"',
    'x-tollbridge-reason': 'INSUFFICIENT_FUNDS;hop=upstream',
  });
});
