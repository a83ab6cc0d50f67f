import { expect, test } from 'vitest';
import { extensionId, House } from '@/tests/unit/switch/house';
import { again, bodyOf, callBetween, DIALOG, stateOf, subscribe } from './watching';

const DESK = extensionId('acme', '101');
const BOSS = extensionId('acme', '102');

test('a number of another tenant is answered as one that never was', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  const answers = ['sip:101@birch.test', 'sip:999@acme.test', 'sip:999@birch.test'].map(
    (target) => {
      const { status, reason, body, fields } = subscribe(desk, target, DIALOG);
      const names = [...fields.names()];
      return JSON.stringify({ status, reason, body: body.toString(), names });
    },
  );
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toContain('"status":404');
  expect(desk.requests).toEqual([]);
  expect(house.subscriptions.size).toBe(0);
});

test('nobody subscribes without proving who it is, and nobody as somebody else', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  const headers = { contact: desk.contact, ...DIALOG };
  expect(desk.exchange('SUBSCRIBE', 'sip:102@acme.test', headers).status).toBe(401);
  const from = '<sip:102@acme.test>;tag=x';
  expect(subscribe(desk, 'sip:102@acme.test', { ...DIALOG, from }).status).toBe(403);
});

test('what can’t be subscribed to is answered with what can', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  for (const event of ['presence', 'reg', 'no event', '']) {
    const answer = subscribe(desk, 'sip:102@acme.test', { event });
    expect(answer.status).toBe(489);
    expect(answer.headers('allow-events')).toEqual(['dialog', 'message-summary']);
  }
  const accept = subscribe(desk, 'sip:102@acme.test', { ...DIALOG, accept: 'text/plain' });
  expect(accept.status).toBe(406);
  const brief = subscribe(desk, 'sip:102@acme.test', { ...DIALOG, expires: '5' });
  expect(brief.status).toBe(423);
  expect(brief.header('min-expires')).toBe('60');
});

test('a refresh is told anew, an interval of zero ends it, and then nobody knows it', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  const made = subscribe(desk, 'sip:102@acme.test', DIALOG);
  house.network.advance(300_000);
  expect(again(desk, made, 600).status).toBe(200);
  expect(stateOf(desk.requests.at(-1))).toBe('active;expires=600');
  house.network.advance(400_000);
  expect(house.subscriptions.size).toBe(1);
  expect(again(desk, made, 0).header('expires')).toBe('0');
  expect(stateOf(desk.requests.at(-1))).toBe('terminated;reason=timeout');
  expect(again(desk, made, 600).status).toBe(481);
  expect(house.dialogs.size).toBe(0);
});

test('a SUBSCRIBE with Expires 0 fetches the state once', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  expect(subscribe(desk, 'sip:102@acme.test', { ...DIALOG, expires: '0' }).status).toBe(200);
  expect(stateOf(desk.requests[0])).toBe('terminated;reason=timeout');
  expect(bodyOf(desk.requests[0])).toContain('entity="sip:102@acme.test"');
  expect(house.subscriptions.size).toBe(0);
});

test('a subscription that runs out is told so, and leaves nothing', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  subscribe(desk, 'sip:102@acme.test', DIALOG);
  house.network.advance(601_000);
  expect(stateOf(desk.requests.at(-1))).toBe('terminated;reason=timeout');
  house.network.advance(40_000);
  expect(house.subscriptions.size).toBe(0);
  expect(house.dialogs.size).toBe(0);
  expect(house.liveTransactions()).toBe(0);
  expect(house.network.errors).toEqual([]);
});

test('a phone that answers a NOTIFY with 481, or not at all, is not told again', () => {
  for (const status of [481, undefined]) {
    const house = new House();
    const desk = house.phone('acme-101', 'desk');
    desk.answer = (transaction) => {
      if (status !== undefined) transaction.respond(status);
    };
    subscribe(desk, 'sip:102@acme.test', DIALOG);
    house.network.advance(40_000);
    expect(house.subscriptions.size).toBe(0);
    const asked = desk.requests.length;
    house.lamps.begun(callBetween(BOSS, null).call);
    house.network.advance(2_000);
    expect(desk.requests).toHaveLength(asked);
  }
});

test('the Event comes back as it was asked, its id too', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  subscribe(desk, 'sip:102@acme.test', { ...DIALOG, event: 'dialog;id=42' });
  expect(desk.requests[0]?.header('event')).toBe('dialog;id=42');
});

test('who comes with overheard tags from another address has to prove who it is', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  const made = subscribe(desk, 'sip:102@acme.test', DIALOG);
  const headers = {
    from: `<${desk.aor}>;tag=phone`,
    to: made.header('to') ?? '',
    'call-id': made.callId,
    event: 'dialog',
    expires: 600,
  };
  const thief = house.phone('birch-101', 'elsewhere');
  const stolen = { ...headers, contact: thief.contact, cseq: '900 SUBSCRIBE' };
  expect(thief.exchange('SUBSCRIBE', 'sip:server:5060', stolen).status).toBe(401);
  // The phone itself, to which a NAT gave another address, is let in and told there.
  const moved = house.phone('acme-101', 'desk2');
  const back = { ...headers, contact: moved.contact, cseq: '901 SUBSCRIBE' };
  expect(moved.ask('SUBSCRIBE', 'sip:server:5060', back).status).toBe(200);
  expect(stateOf(moved.requests[0])).toBe('active;expires=600');
  expect(thief.requests).toEqual([]);
});

test('a new secret, a suspension and an eviction end what a phone has subscribed to', () => {
  const endedBy = (act: (house: House) => void): string => {
    const house = new House();
    const desk = house.phone('acme-101', 'desk');
    desk.register();
    subscribe(desk, 'sip:102@acme.test', DIALOG);
    act(house);
    house.network.advance(2_000);
    expect(house.subscriptions.size).toBe(0);
    return stateOf(desk.requests.at(-1));
  };
  expect(endedBy((house) => house.subscriptions.dropSubscriber(DESK, 'deactivated'))).toBe(
    'terminated;reason=deactivated',
  );
  expect(endedBy((house) => house.location.dropExtension(DESK, 'evicted'))).toBe(
    'terminated;reason=deactivated',
  );
  const suspended = endedBy((house) => {
    house.putExtension('acme', '101', { status: 'suspended' });
    house.subscriptions.review([{ kind: 'extension', objectId: DESK, generation: 2n }]);
  });
  expect(suspended).toBe('terminated;reason=rejected');
  const gone = endedBy((house) => {
    house.directory.remove('extension', BOSS);
    house.subscriptions.review([{ kind: 'extension', objectId: BOSS, generation: 2n }]);
  });
  expect(gone).toBe('terminated;reason=noresource');
});

test('a connection that ends takes the subscriptions made on it', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk', 'ws');
  subscribe(desk, 'sip:102@acme.test', DIALOG);
  expect(house.subscriptions.size).toBe(1);
  house.subscriptions.dropConnection(desk.flow.connectionId ?? 0);
  expect(house.subscriptions.size).toBe(0);
  expect(house.dialogs.size).toBe(0);
});
