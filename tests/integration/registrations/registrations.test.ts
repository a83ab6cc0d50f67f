import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ControlClient } from '@/lib/control/client';
import { AppError } from '@/lib/core/errors';
import { evictRegistration } from '@/lib/services/registrations/evict-registration';
import { listRegistrationEvents } from '@/lib/services/registrations/list-registration-events';
import { listRegistrations } from '@/lib/services/registrations/list-registrations';
import type { BindingRecord } from '@/lib/services/registrations/types';
import { writeBindings } from '@/lib/services/registrations/write-bindings';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
const sent: { name: string; input: unknown }[] = [];
let refusal: AppError | undefined;

/** The switch as the web sees it. */
const control: ControlClient = {
  send: (name, input) => {
    sent.push({ name, input });
    return refusal ? Promise.reject(refusal) : Promise.resolve({} as never);
  },
  async *events() {},
};

const NOW = Date.now();
function phone(extensionId: string, index: number, more: Partial<BindingRecord> = {}) {
  return {
    extensionId,
    contactUri: `sip:101@192.0.2.${index}`,
    instanceId: '',
    regId: 0,
    nodeId: 'n',
    callId: 'c',
    cseq: 1,
    flow: {},
    path: [],
    userAgent: 'Yealink SIP-T54W 96.86.0.75',
    address: `192.0.2.${index}`,
    port: 5060,
    transport: 'udp',
    registeredAtMs: NOW - 60_000 + index,
    refreshedAtMs: NOW,
    expiresAtMs: NOW + 600_000,
    ...more,
  } satisfies BindingRecord;
}

beforeAll(async () => {
  tree = await plantTree();
  const { acme, birch, cedar, database } = tree;
  const seen = { userAgent: 'phone', address: '192.0.2.1', port: 5060, transport: 'udp' };
  await writeBindings(database, {
    upserts: [
      phone(acme.extension101, 1),
      phone(acme.extension101, 2, { transport: 'wss', userAgent: 'Browser' }),
      phone(acme.extension102, 3, { expiresAtMs: NOW - 1 }),
      phone(birch.extension101, 4),
      phone(cedar.extension101, 5),
    ],
    deletes: [],
    events: [
      { extensionId: acme.extension101, atMs: NOW - 2_000, cause: 'registered', ...seen },
      { extensionId: acme.extension101, atMs: NOW - 1_000, cause: 'connection_lost', ...seen },
      { extensionId: birch.extension101, atMs: NOW, cause: 'registered', ...seen },
    ],
  });
});
afterAll(() => tree.close());

test('everybody sees the phones of their own subtree, whatever their number is', async () => {
  const addressesFor = async (member: Tree['operator']) =>
    (await listRegistrations(member.as())).items.map((one) => one.address);
  expect(await addressesFor(tree.acme)).toEqual(['192.0.2.2', '192.0.2.1']);
  expect(await addressesFor(tree.birch)).toEqual(['192.0.2.4']);
  expect(await addressesFor(tree.cedar)).toEqual(['192.0.2.5']);
  expect(await addressesFor(tree.reseller)).toEqual(['192.0.2.4', '192.0.2.2', '192.0.2.1']);
  expect(await addressesFor(tree.operator)).toHaveLength(4);
});

test('the list is filtered by tenant, extension, transport and device, and paged', async () => {
  const { operator, acme } = tree;
  const found = async (input: Parameters<typeof listRegistrations>[1]) =>
    (await listRegistrations(operator.as(), input)).items.map((one) => one.address);
  expect(await found({ tenantId: acme.tenantId })).toEqual(['192.0.2.2', '192.0.2.1']);
  expect(await found({ extensionId: acme.extension102 })).toEqual([]);
  expect(await found({ transport: 'wss' })).toEqual(['192.0.2.2']);
  expect(await found({ userAgent: 'yealink' })).toHaveLength(3);
  expect(await found({ search: '192.0.2.5' })).toEqual(['192.0.2.5']);
  const first = await listRegistrations(operator.as(), { limit: 3 });
  const rest = await listRegistrations(operator.as(), {
    limit: 3,
    cursor: first.nextCursor ?? '',
  });
  expect([...first.items, ...rest.items]).toHaveLength(4);
  expect(rest.nextCursor).toBeNull();
});

test('an eviction is done by the switch and then audited; a foreign or unknown one never happens', async () => {
  const { acme, birch, database } = tree;
  const [own] = (await listRegistrations(acme.as())).items;
  const [foreign] = (await listRegistrations(birch.as())).items;
  sent.length = 0;
  await expect(evictRegistration(acme.as(), control, foreign?.id ?? '')).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(evictRegistration(acme.as(), control, 'no id')).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(
    evictRegistration(acme.as('read_only'), control, own?.id ?? ''),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(sent).toEqual([]);
  await evictRegistration(acme.as(), control, own?.id ?? '');
  expect(sent).toEqual([
    {
      name: 'evictRegistration',
      input: {
        scopePath: acme.as().actor.accountPath,
        extensionId: acme.extension101,
        contactUri: 'sip:101@192.0.2.2',
        instanceId: '',
        regId: 0,
      },
    },
  ]);
  const audited = { where: { verb: 'registrations.evict' } };
  expect(await database.prisma.auditEntry.count(audited)).toBe(1);
  refusal = new AppError('UNAVAILABLE', 'The switch does not answer.');
  await expect(evictRegistration(acme.as(), control, own?.id ?? '')).rejects.toBe(refusal);
  refusal = undefined;
  expect(await database.prisma.auditEntry.count(audited)).toBe(1);
});

test('the history of an extension is told to those who may see it', async () => {
  const { acme, birch } = tree;
  const { items } = await listRegistrationEvents(acme.as(), acme.extension101);
  expect(items.map((one) => one.cause)).toEqual(['connection_lost', 'registered']);
  await expect(listRegistrationEvents(birch.as(), acme.extension101)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
