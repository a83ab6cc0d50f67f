import { expect, test } from 'vitest';
import { BindingBacklog, RENEWALS_WRITE_MS } from '@/lib/switch/registrar/backlog';
import { Binding } from '@/lib/switch/registrar/binding';
import type { BindingChange } from '@/lib/switch/registrar/location';

function bindingOf(contact: string, cseq = 1, extensionId = 'one'): Binding {
  return new Binding({
    extensionId,
    contactUri: contact,
    instanceId: '',
    regId: 0,
    callId: 'call',
    cseq,
    flow: {
      transport: 'udp',
      local: { address: 'here', port: 5060 },
      remote: { address: 'there', port: 5060 },
    },
    path: [],
    userAgent: '',
    registeredAtMs: 0,
    refreshedAtMs: 0,
    expiresAtMs: 60_000,
  });
}

function came(...upserts: readonly Binding[]): BindingChange {
  const none = { fresh: [], moved: [], gone: [] };
  return { extensionId: 'one', upserts, ...none, wasRegistered: true, isRegistered: true };
}

function went(binding: Binding): BindingChange {
  return { ...came(), gone: [{ binding, cause: 'replaced' }] };
}

test('of each binding the latest word is written, of an extension with several each of them', () => {
  const backlog = new BindingBacklog('node');
  backlog.add(came(bindingOf('sip:a', 1)), 0);
  backlog.add(came(bindingOf('sip:a', 2)), 0);
  backlog.add(came(bindingOf('sip:b', 3), bindingOf('sip:c', 4)), 0);
  backlog.add(came(bindingOf('sip:b', 5)), 0);
  backlog.add(went(bindingOf('sip:c')), 0);
  backlog.add(came(bindingOf('sip:a', 6, 'two')), 0);
  expect(backlog.size).toBe(4);
  const { upserts, deletes } = backlog.drain();
  expect(upserts.map((one) => [one.extensionId, one.contactUri, one.cseq]).sort()).toEqual([
    ['one', 'sip:a', 2],
    ['one', 'sip:b', 5],
    ['two', 'sip:a', 6],
  ]);
  expect(deletes.map((one) => one.contactUri)).toEqual(['sip:c']);
  expect(backlog.size).toBe(0);
});

test('a batch that could not be written comes back, except what newer words were said of', () => {
  const backlog = new BindingBacklog('node');
  backlog.add(came(bindingOf('sip:a', 1), bindingOf('sip:b', 2)), 0);
  const batch = backlog.drain();
  backlog.add(came(bindingOf('sip:b', 3)), 0);
  backlog.restore(batch);
  expect(backlog.size).toBe(2);
  const written = backlog.drain().upserts.map((one) => [one.contactUri, one.cseq]);
  expect(written.sort()).toEqual([
    ['sip:a', 1],
    ['sip:b', 3],
  ]);
});

test('a renewed binding waits to be written with others, once, and only while it is held', () => {
  const backlog = new BindingBacklog('node');
  const bindings = Array.from({ length: 1_000 }, (_, n) => bindingOf('sip:a', n, `ext${n}`));
  for (const binding of bindings) {
    backlog.renew(binding, 3_600_000, 0);
    backlog.renew(binding, 3_600_000, 0);
  }
  expect(backlog.size).toBe(1_000);
  expect(backlog.drain().upserts).toEqual([]);
  const written: Binding[] = [];
  for (let call = 0; call < 5; call += 1) {
    written.push(...backlog.drainRenewed(5, (one) => one.extensionId !== 'ext7'));
  }
  expect(new Set(written).size).toBe(999);
  expect(backlog.size).toBe(0);
  // Renewed again it waits again.
  const [first] = bindings;
  if (first) backlog.renew(first, 3_600_000, 0);
  expect(backlog.drainRenewed(5, () => true)).toEqual([first]);
});

test('a renewal of what would be over in the database before long is written at once', () => {
  const backlog = new BindingBacklog('node');
  backlog.renew(bindingOf('sip:a'), RENEWALS_WRITE_MS + 5_000, 0);
  expect(backlog.drain().upserts).toHaveLength(1);
});

test('renewals that could not be written are written whole, unless something newer is there', () => {
  const backlog = new BindingBacklog('node');
  const renewed = [bindingOf('sip:a', 5), bindingOf('sip:b', 6)];
  backlog.add(came(bindingOf('sip:b', 7)), 0);
  backlog.putWhole(renewed);
  const written = backlog.drain().upserts.map((one) => [one.contactUri, one.cseq]);
  expect(written.sort()).toEqual([
    ['sip:a', 5],
    ['sip:b', 7],
  ]);
});
