import { expect, test } from 'vitest';
import { extensionId, House } from '@/tests/unit/switch/house';
import { bodyOf, callBetween, DIALOG, MWI, stateOf, subscribe, versionsOf } from './watching';

const DESK = extensionId('acme', '101');
const BOSS = extensionId('acme', '102');
const COLLEAGUE = extensionId('acme', '103');
const STRANGER = extensionId('birch', '101');

test('a lamp follows the calls of a colleague: ringing, talking, over', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  const made = subscribe(desk, 'sip:102@acme.test', DIALOG);
  expect(made.status).toBe(200);
  expect(made.header('expires')).toBe('600');
  expect(stateOf(desk.requests[0])).toBe('active;expires=600');
  expect(bodyOf(desk.requests[0])).toContain('version="0" state="full" entity="sip:102@acme.test"');
  expect(bodyOf(desk.requests[0])).not.toContain('<dialog ');
  house.network.advance(2_000);
  const { call } = callBetween(COLLEAGUE, BOSS);
  house.lamps.begun(call);
  call.phase = 'ringing';
  house.lamps.changed(call);
  house.network.advance(2_000);
  const early = bodyOf(desk.requests.at(-1));
  expect(early).toContain('direction="recipient"');
  expect(early).toContain('<state>early</state>');
  expect(early).toContain('>sip:103@acme.test</identity>');
  call.phase = 'talking';
  house.lamps.changed(call);
  house.network.advance(2_000);
  expect(bodyOf(desk.requests.at(-1))).toContain('<state>confirmed</state>');
  call.phase = 'over';
  house.lamps.over(call);
  house.network.advance(2_000);
  expect(bodyOf(desk.requests.at(-1))).toContain('<state>terminated</state>');
  const versions = versionsOf(desk);
  expect(versions).toEqual(versions.map((_, index) => index));
});

test('who calls from outside the tenant is not told to those who watch', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  subscribe(desk, 'sip:102@acme.test', DIALOG);
  house.network.advance(2_000);
  const { call } = callBetween(STRANGER, BOSS);
  call.phase = 'ringing';
  house.lamps.begun(call);
  house.network.advance(1_000);
  expect(bodyOf(desk.requests.at(-1))).toContain('<state>early</state>');
  expect(bodyOf(desk.requests.at(-1))).not.toContain('birch');
  expect(bodyOf(desk.requests.at(-1))).not.toContain('<remote>');
});

test('what rings can be picked up by what a lamp is told of it, what talks can not', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  subscribe(desk, 'sip:102@acme.test', DIALOG);
  const { call } = callBetween(COLLEAGUE, BOSS);
  call.phase = 'ringing';
  house.lamps.begun(call);
  house.network.advance(2_000);
  const { callId, localTag, remoteTag } = house.lamps.pickups.of(call.callId);
  expect(bodyOf(desk.requests.at(-1))).toContain(
    `call-id="${callId}" local-tag="${localTag}" remote-tag="${remoteTag}" direction="recipient"`,
  );
  const replaces = { callId, localTag, remoteTag, earlyOnly: true };
  expect(house.lamps.pickups.callIdOf(replaces)).toBe(call.callId);
  expect(house.lamps.pickups.callIdOf({ ...replaces, localTag: remoteTag })).toBeUndefined();
  call.phase = 'talking';
  house.lamps.changed(call);
  house.network.advance(2_000);
  expect(bodyOf(desk.requests.at(-1))).not.toContain('-tag=');
});

test('changes within a second are one NOTIFY', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  subscribe(desk, 'sip:102@acme.test', DIALOG);
  const { call } = callBetween(BOSS, DESK);
  house.lamps.begun(call);
  for (const phase of ['ringing', 'talking'] as const) {
    call.phase = phase;
    house.lamps.changed(call);
    house.network.advance(100);
  }
  expect(desk.requests).toHaveLength(1);
  house.network.advance(1_000);
  expect(desk.requests).toHaveLength(2);
  expect(bodyOf(desk.requests[1])).toContain('<state>confirmed</state>');
});

test('a lost NOTIFY comes again, and a later one never overtakes it', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  let lost = 0;
  house.network.fate = ({ text }) => {
    if (!text.startsWith('NOTIFY') || lost >= 2) return [1];
    lost += 1;
    return [];
  };
  subscribe(desk, 'sip:102@acme.test', DIALOG);
  const { call } = callBetween(BOSS, null);
  call.phase = 'talking';
  house.lamps.begun(call);
  house.network.advance(5_000);
  expect(versionsOf(desk)).toEqual([0, 1]);
  expect(bodyOf(desk.requests[1])).toContain('<state>confirmed</state>');
});

test('a phone watches 100 colleagues, and has at most 250 subscriptions', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  for (let number = 200; number < 300; number += 1) {
    house.putExtension('acme', String(number));
    expect(subscribe(desk, `sip:${number}@acme.test`, DIALOG).status).toBe(200);
  }
  house.network.advance(2_000);
  const before = desk.requests.length;
  house.lamps.begun(callBetween(extensionId('acme', '250'), null).call);
  house.network.advance(2_000);
  expect(desk.requests).toHaveLength(before + 1);
  for (let port = 1; port <= 150; port += 1) {
    subscribe(desk, 'sip:102@acme.test', { ...DIALOG, contact: `<sip:101@desk:${port}>` });
  }
  const refused = subscribe(desk, 'sip:103@acme.test', DIALOG);
  expect(refused.status).toBe(503);
  expect(refused.header('retry-after')).toBe('300');
  // A phone that restarted takes the place of its own earlier life.
  expect(subscribe(desk, 'sip:200@acme.test', DIALOG).status).toBe(200);
  expect(house.subscriptions.size).toBe(250);
});

test('what a name holds never breaks out of the document', () => {
  const house = new House();
  house.putExtension('acme', '103', { name: '"><evil a="\u0000&' });
  const desk = house.phone('acme-101', 'desk');
  subscribe(desk, 'sip:102@acme.test', DIALOG);
  house.network.advance(2_000);
  const { call } = callBetween(COLLEAGUE, BOSS);
  call.phase = 'ringing';
  house.lamps.begun(call);
  house.network.advance(1_000);
  expect(bodyOf(desk.requests.at(-1))).toContain('display="&quot;&gt;&lt;evil a=&quot; &amp;"');
});

test('waiting messages are told to the extension’s own phone alone', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  expect(subscribe(desk, 'sip:102@acme.test', MWI).status).toBe(404);
  expect(subscribe(desk, 'sip:101@acme.test', MWI).status).toBe(200);
  expect(bodyOf(desk.requests[0])).toBe(
    'Messages-Waiting: no\r\nMessage-Account: sip:101@acme.test\r\nVoice-Message: 0/0 (0/0)\r\n',
  );
  house.waiting.set(DESK, { unheard: 2, heard: 8 });
  house.waiting.set(STRANGER, { unheard: 9, heard: 0 });
  house.network.advance(2_000);
  expect(desk.requests).toHaveLength(2);
  expect(bodyOf(desk.requests[1])).toContain('Messages-Waiting: yes\r\n');
  expect(bodyOf(desk.requests[1])).toContain('Voice-Message: 2/8 (0/0)\r\n');
  expect(desk.requests[1]?.header('content-type')).toBe('application/simple-message-summary');
});

test('a phone that does not subscribe is told of messages unasked, when they change and when it comes', () => {
  const house = new House();
  const desk = house.phone('acme-101', 'desk');
  desk.register();
  house.waiting.set(DESK, { unheard: 1, heard: 0 });
  house.network.advance(1_000);
  expect(desk.requests).toHaveLength(1);
  expect(desk.requests[0]?.header('event')).toBe('message-summary');
  expect(stateOf(desk.requests[0])).toBe('terminated;reason=noresource');
  house.location.dropExtension(DESK, 'expired');
  desk.register();
  house.network.advance(1_000);
  expect(desk.requests).toHaveLength(2);
  expect(bodyOf(desk.requests[1])).toContain('Messages-Waiting: yes');
});
