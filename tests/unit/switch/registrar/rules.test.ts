import { expect, test } from 'vitest';
import { bindingKeyOf } from '@/lib/services/registrations/rules';
import { BindingBacklog } from '@/lib/switch/registrar/backlog';
import type { Binding } from '@/lib/switch/registrar/binding';
import { Location } from '@/lib/switch/registrar/location';
import {
  type ContactRequest,
  decideRegister,
  MAX_CONTACTS,
  type RegisterRequest,
} from '@/lib/switch/registrar/rules';

const NOW = 1_000_000;

const FLOW = {
  transport: 'udp',
  local: { address: '192.0.2.1', port: 5060 },
  remote: { address: '10.0.0.1', port: 5060 },
} as const;

function contact(uri: string, more: Partial<ContactRequest> = {}): ContactRequest {
  return { uri, expiresSeconds: null, instanceId: '', regId: 0, ...more };
}

function request(changes: Partial<RegisterRequest> = {}): RegisterRequest {
  return {
    extensionId: 'ext',
    callId: 'call',
    cseq: 1,
    star: false,
    contacts: [contact('sip:101@10.0.0.1')],
    expiresSeconds: 300,
    via: { flow: FLOW, path: [], userAgent: 'ua' },
    ...changes,
  };
}

/** The bindings after some REGISTERs, a second between them. */
function bindings(requests: readonly RegisterRequest[]): Binding[] {
  let existing: Binding[] = [];
  for (const [index, one] of requests.entries()) {
    const decision = decideRegister(existing, one, NOW + index * 1000);
    if (decision.kind === 'refuse') throw new Error(decision.reason);
    const gone = new Set(
      [...decision.removals.map((each) => each.binding), ...decision.upserts].map(bindingKeyOf),
    );
    existing = [...decision.upserts, ...existing.filter((each) => !gone.has(bindingKeyOf(each)))];
  }
  return existing;
}

const urisOf = (list: readonly Binding[]): string[] => list.map((one) => one.contactUri);

test('a contact lives as long as it asks, up to an hour', () => {
  expect(bindings([request()])[0]?.expiresAtMs).toBe(NOW + 300_000);
  expect(bindings([request({ expiresSeconds: 90_000 })])[0]?.expiresAtMs).toBe(NOW + 3_600_000);
});

test('the expires of a contact wins over the header', () => {
  const contacts = [contact('sip:a@h', { expiresSeconds: 120 })];
  expect(bindings([request({ contacts })])[0]?.expiresAtMs).toBe(NOW + 120_000);
});

test('too short an interval is refused with 423 and changes nothing', () => {
  expect(decideRegister([], request({ expiresSeconds: 20 }), NOW)).toMatchObject({ status: 423 });
});

test('one bad contact refuses all of them', () => {
  const contacts = [
    contact('sip:a@h', { expiresSeconds: 300 }),
    contact('sip:b@h', { expiresSeconds: 5 }),
  ];
  expect(decideRegister([], request({ contacts }), NOW).kind).toBe('refuse');
});

test('expires 0 removes that contact alone', () => {
  const other = contact('sip:b@h');
  const left = bindings([
    request(),
    request({ cseq: 2, contacts: [other] }),
    request({ cseq: 3, expiresSeconds: 0 }),
  ]);
  expect(left.map((one) => one.contactUri)).toEqual(['sip:b@h']);
});

test('a star removes all, and only with expires 0 and nothing beside it', () => {
  const known = bindings([request()]);
  const star = request({ star: true, contacts: [], expiresSeconds: 0, cseq: 2 });
  expect(decideRegister(known, star, NOW)).toEqual({
    kind: 'update',
    upserts: [],
    removals: [{ binding: known[0], isReplaced: false }],
  });
  expect(decideRegister(known, { ...star, expiresSeconds: 60 }, NOW)).toMatchObject({
    status: 400,
  });
});

test('an old CSeq of the same Call-ID never changes a binding', () => {
  const known = bindings([request({ cseq: 7 })]);
  expect(decideRegister(known, request({ cseq: 7 }), NOW).kind).toBe('refuse');
  expect(decideRegister(known, request({ cseq: 6 }), NOW).kind).toBe('refuse');
  expect(decideRegister(known, request({ cseq: 8 }), NOW).kind).toBe('update');
  expect(decideRegister(known, request({ cseq: 1, callId: 'rebooted' }), NOW).kind).toBe('update');
});

test('a phone that comes back from another address replaces itself', () => {
  const at = (uri: string) => [contact(uri, { instanceId: '<urn:uuid:1>' })];
  const left = bindings([
    request({ contacts: at('sip:101@10.0.0.1') }),
    request({ contacts: at('sip:101@10.0.0.2'), callId: 'other' }),
  ]);
  expect(left.map((one) => one.contactUri)).toEqual(['sip:101@10.0.0.2']);
});

test('contacts are the same when their URIs are equivalent, not only when spelt alike', () => {
  const left = bindings([
    request({ contacts: [contact('sip:101@Phone.test;transport=TCP')] }),
    request({ contacts: [contact('sip:%31%30%31@phone.test;transport=tcp')], callId: 'other' }),
  ]);
  expect(left).toHaveLength(1);
});

test('two phones behind two NATs may have the same private contact', () => {
  const at = (instanceId: string) => [contact('sip:101@192.168.1.10', { instanceId })];
  const left = bindings([
    request({ contacts: at('<urn:uuid:1>') }),
    request({ contacts: at('<urn:uuid:2>'), callId: 'other' }),
  ]);
  expect(left.map((one) => one.instanceId)).toEqual(['<urn:uuid:2>', '<urn:uuid:1>']);
});

test('each flow of an outbound phone is a binding of its own, refreshed by its reg-id alone', () => {
  const flow = (regId: number, uri = 'sip:101@10.0.0.1') => [
    contact(uri, { instanceId: '<urn:uuid:1>', regId }),
  ];
  const left = bindings([
    request({ contacts: flow(1), callId: 'one' }),
    request({ contacts: flow(2), callId: 'two' }),
    request({ contacts: flow(1, 'sip:101@10.0.0.99'), callId: 'one', cseq: 2 }),
  ]);
  expect(left.map((one) => [one.regId, one.contactUri])).toEqual([
    [1, 'sip:101@10.0.0.99'],
    [2, 'sip:101@10.0.0.1'],
  ]);
});

test('a contact named twice in one REGISTER is one binding', () => {
  const contacts = [
    contact('sip:a@h', { expiresSeconds: 600 }),
    contact('sip:a@h', { expiresSeconds: 120 }),
  ];
  const left = bindings([request({ contacts })]);
  expect(left.map((one) => one.expiresAtMs)).toEqual([NOW + 120_000]);
});

test('an extension never has more contacts than a fork may have branches', () => {
  const contacts = Array.from({ length: MAX_CONTACTS + 1 }, (_, index) =>
    contact(`sip:${index}@h`),
  );
  expect(decideRegister([], request({ contacts }), NOW)).toMatchObject({ status: 403 });
});

test('at the cap a phone displaces its own oldest trace, and nobody else’s', () => {
  const numbered = (index: number, userAgent: string) =>
    request({
      contacts: [contact(`sip:101@10.0.0.1:${5060 + index}`)],
      callId: `boot ${index}`,
      via: { flow: FLOW, path: [], userAgent },
    });
  const own = Array.from({ length: 3 }, (_, index) => numbered(index, 'ua'));
  const others = Array.from({ length: MAX_CONTACTS - 3 }, (_, index) =>
    numbered(100 + index, 'another'),
  );
  const full = bindings([...own, ...others]);
  const after = bindings([...own, ...others, numbered(3, 'ua')]);
  expect(after).toHaveLength(MAX_CONTACTS);
  expect(urisOf(full).filter((uri) => !urisOf(after).includes(uri))).toEqual([
    'sip:101@10.0.0.1:5060',
  ]);
  expect(decideRegister(full, numbered(4, 'a third'), NOW)).toMatchObject({ status: 403 });
});

test('an expired binding is never looked up, and its end is told once', () => {
  const seen: boolean[] = [];
  const location = new Location((change) => seen.push(change.isRegistered));
  location.update('ext', bindings([request()]));
  expect(location.lookup('ext', NOW)).toHaveLength(1);
  expect(location.lookup('ext', NOW + 300_000)).toHaveLength(0);
  location.expire(NOW + 300_000, 10);
  location.expire(NOW + 300_000, 10);
  expect(seen).toEqual([true, false]);
  expect(location.size).toBe(0);
  expect(location.bindingCount).toBe(0);
});

test('a phone that comes again as it was is renewed in place, any other is a change', () => {
  const told: string[] = [];
  const location = new Location(
    ({ moved }) => told.push(moved.length > 0 ? 'moved' : 'changed'),
    (binding, before) => told.push(`renewed ${binding.cseq} after ${before.expiresAtMs - NOW}`),
  );
  const ask = (changes: Partial<RegisterRequest>, afterMs: number): Binding | undefined => {
    const decision = decideRegister(
      location.lookup('ext', NOW + afterMs),
      request(changes),
      NOW + afterMs,
    );
    if (decision.kind === 'update') location.update('ext', decision.upserts);
    return location.lookup('ext', NOW + afterMs)[0];
  };
  const first = ask({}, 0);
  expect(ask({ cseq: 2, expiresSeconds: 600 }, 100_000)).toBe(first);
  expect(first?.expiresAtMs).toBe(NOW + 700_000);
  const via = { flow: FLOW, path: [], userAgent: 'another' };
  const remote = { address: '10.0.0.1', port: 7 };
  expect(ask({ cseq: 3, via }, 100_000)).not.toBe(first);
  ask({ cseq: 4, via: { ...via, path: ['<sip:p>'] } }, 100_000);
  ask({ cseq: 5, via: { ...via, flow: { ...FLOW, remote } } }, 100_000);
  // Come back after its end it is registered anew.
  ask({ cseq: 6, via: { ...via, flow: { ...FLOW, remote } } }, 900_000);
  const renewed = 'renewed 2 after 300000';
  expect(told).toEqual(['changed', renewed, 'changed', 'changed', 'moved', 'changed']);
});

test('going round a few at a time, the search for the expired reaches every binding', () => {
  const location = new Location(() => undefined);
  for (let index = 0; index < 95; index += 1) {
    location.update(`ext ${index}`, bindings([request({ extensionId: `ext ${index}` })]));
  }
  for (let round = 0; round < 11; round += 1) location.expire(NOW + 299_000, 10);
  expect(location.size).toBe(95);
  for (let round = 0; round < 21; round += 1) location.expire(NOW + 300_000, 10);
  expect(location.size).toBe(0);
});

test('a connection that ends takes its bindings, but not one that came back by another', () => {
  const on = (connectionId: number, cseq: number) =>
    bindings([
      request({
        cseq,
        via: { flow: { ...FLOW, transport: 'tcp', connectionId }, path: [], userAgent: 'ua' },
      }),
    ]);
  const causes: string[] = [];
  const location = new Location(({ gone }) => causes.push(...gone.map((one) => one.cause)));
  location.update('ext', on(7, 1));
  location.update('ext', on(8, 2));
  location.dropConnection(7);
  expect(location.lookup('ext', NOW)).toHaveLength(1);
  location.dropConnection(8);
  expect(location.lookup('ext', NOW)).toHaveLength(0);
  expect(causes).toEqual(['connection_lost']);
});

test('a backlog keeps the latest word on a contact, also when a write fails', () => {
  const backlog = new BindingBacklog('node');
  const location = new Location((change) => backlog.add(change, NOW));
  const [binding] = bindings([request()]);
  if (!binding) throw new Error('no binding');
  location.update('ext', [binding]);
  const batch = backlog.drain();
  expect(batch.upserts).toMatchObject([{ nodeId: 'node', contactUri: binding.contactUri }]);
  location.dropExtension('ext', 'evicted');
  backlog.restore(batch);
  const { contactUri } = binding;
  const again = backlog.drain();
  expect(again.upserts).toEqual([]);
  expect(again.deletes).toEqual([{ extensionId: 'ext', contactUri, instanceId: '', regId: 0 }]);
  expect(again.events.map((one) => one.cause)).toEqual(['registered', 'evicted']);
});

test('the history tells when a phone came and was lost, not that it refreshed or moved', () => {
  const backlog = new BindingBacklog('node');
  const location = new Location((change) => backlog.add(change, NOW));
  const at = (uri: string) => [contact(uri, { instanceId: '<urn:uuid:1>' })];
  let cseq = 0;
  for (const uri of ['sip:101@10.0.0.1', 'sip:101@10.0.0.1', 'sip:101@10.0.0.2']) {
    cseq += 1;
    const known = location.lookup('ext', NOW);
    const decision = decideRegister(known, request({ cseq, contacts: at(uri) }), NOW);
    if (decision.kind === 'refuse') throw new Error(decision.reason);
    const gone = decision.removals.map(({ binding }) => ({ binding, cause: 'replaced' as const }));
    location.update('ext', decision.upserts, gone);
  }
  location.dropExtension('ext', 'expired');
  expect(backlog.drain().events.map((one) => one.cause)).toEqual(['registered', 'expired']);
});
