import { expect, test } from 'vitest';
import type { BindingRecord } from '@/lib/services/registrations/types';
import { BindingBacklog, Location } from '@/lib/switch/registrar/location';
import { decideRegister, MAX_CONTACTS, type RegisterRequest } from '@/lib/switch/registrar/rules';

const NOW = 1_000_000;

function request(changes: Partial<RegisterRequest> = {}): RegisterRequest {
  return {
    extensionId: 'ext',
    callId: 'call',
    cseq: 1,
    star: false,
    contacts: [{ uri: 'sip:101@10.0.0.1', expiresSeconds: null, instanceId: null }],
    expiresSeconds: 300,
    via: {
      nodeId: 'n',
      flow: {},
      path: [],
      userAgent: 'ua',
      address: '10.0.0.1',
      port: 5060,
      transport: 'udp',
    },
    ...changes,
  };
}

function bindings(requests: readonly RegisterRequest[]): BindingRecord[] {
  let existing: BindingRecord[] = [];
  for (const one of requests) {
    const decision = decideRegister(existing, one, NOW);
    if (decision.kind === 'refuse') throw new Error(decision.reason);
    const gone = new Set([...decision.deletes, ...decision.upserts.map((b) => b.contactUri)]);
    existing = [...decision.upserts, ...existing.filter((b) => !gone.has(b.contactUri))];
  }
  return existing;
}

test('a contact lives as long as it asks, up to an hour', () => {
  expect(bindings([request()])[0]?.expiresAtMs).toBe(NOW + 300_000);
  expect(bindings([request({ expiresSeconds: 90_000 })])[0]?.expiresAtMs).toBe(NOW + 3_600_000);
});

test('the expires of a contact wins over the header', () => {
  const contact = { uri: 'sip:a@h', expiresSeconds: 120, instanceId: null };
  expect(bindings([request({ contacts: [contact] })])[0]?.expiresAtMs).toBe(NOW + 120_000);
});

test('too short an interval is refused with 423 and changes nothing', () => {
  expect(decideRegister([], request({ expiresSeconds: 20 }), NOW)).toMatchObject({ status: 423 });
});

test('one bad contact refuses all of them', () => {
  const contacts = [
    { uri: 'sip:a@h', expiresSeconds: 300, instanceId: null },
    { uri: 'sip:b@h', expiresSeconds: 5, instanceId: null },
  ];
  expect(decideRegister([], request({ contacts }), NOW).kind).toBe('refuse');
});

test('expires 0 removes that contact alone', () => {
  const other = { uri: 'sip:b@h', expiresSeconds: null, instanceId: null };
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
    deletes: ['sip:101@10.0.0.1'],
  });
  expect(decideRegister(known, { ...star, expiresSeconds: 60 }, NOW)).toMatchObject({
    status: 400,
  });
});

test('an old CSeq of the same Call-ID never changes a binding', () => {
  const known = bindings([request({ cseq: 7 })]);
  expect(decideRegister(known, request({ cseq: 7 }), NOW).kind).toBe('refuse');
  expect(decideRegister(known, request({ cseq: 1, callId: 'rebooted' }), NOW).kind).toBe('update');
});

test('a phone that comes back from another address replaces itself', () => {
  const at = (uri: string) => [{ uri, expiresSeconds: null, instanceId: '<urn:uuid:1>' }];
  const left = bindings([
    request({ contacts: at('sip:101@10.0.0.1') }),
    request({ contacts: at('sip:101@10.0.0.2'), callId: 'other' }),
  ]);
  expect(left.map((one) => one.contactUri)).toEqual(['sip:101@10.0.0.2']);
});

test('an extension never has more contacts than a fork may have branches', () => {
  const contacts = Array.from({ length: MAX_CONTACTS + 1 }, (_, index) => ({
    uri: `sip:${index}@h`,
    expiresSeconds: null,
    instanceId: null,
  }));
  expect(decideRegister([], request({ contacts }), NOW)).toMatchObject({ status: 403 });
});

test('an expired binding is never looked up, and eviction tells of it once', () => {
  const seen: boolean[] = [];
  const location = new Location((change) => seen.push(change.isRegistered));
  location.update('ext', bindings([request()]), []);
  expect(location.lookup('ext', NOW)).toHaveLength(1);
  expect(location.lookup('ext', NOW + 300_000)).toHaveLength(0);
  location.evict((binding) => binding.expiresAtMs <= NOW + 300_000);
  location.evict((binding) => binding.expiresAtMs <= NOW + 300_000);
  expect(seen).toEqual([true, false]);
  expect(location.size).toBe(0);
});

test('a backlog keeps the latest word on a contact, also when a write fails', () => {
  const backlog = new BindingBacklog();
  const [record] = bindings([request()]);
  if (!record) throw new Error('no binding');
  const change = { extensionId: 'ext', wasRegistered: false, isRegistered: true };
  backlog.add({ ...change, upserts: [record], deletes: [] });
  const batch = backlog.drain();
  backlog.add({ ...change, upserts: [], deletes: [record.contactUri] });
  backlog.restore(batch);
  expect(backlog.drain()).toEqual({
    upserts: [],
    deletes: [{ extensionId: 'ext', contactUri: record.contactUri }],
  });
});
