import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_LIMITS } from '@/lib/core/call-plan/views';
import { ManualClock } from '@/lib/core/clock';
import { silentLogger } from '@/lib/infra/log';
import { SwitchDirectory } from '@/lib/switch/directory/directory';
import { Binding } from '@/lib/switch/registrar/binding';
import { BINDINGS_WRITE_MS, BindingKeeper } from '@/lib/switch/registrar/keeper';
import { plantTree, type Tree } from '@/tests/support/tree';

const PHONES = 10_000;
const clock = new ManualClock(Date.UTC(2026, 5, 1));
const directory = new SwitchDirectory();
let tree: Tree;
let ids: readonly string[];

beforeAll(async () => {
  tree = await plantTree();
  const { rows } = await tree.database.pool.query<{ id: string }>(
    `INSERT INTO extension (id, tenant_id, number, name, secret_sealed, updated_at)
     SELECT gen_random_uuid(), $1, (20000 + n)::text, 'phone', '\\x00', now()
       FROM generate_series(1, ${PHONES}) AS n RETURNING id`,
    [tree.acme.tenantId],
  );
  ids = rows.map((row) => row.id);
  for (const [index, id] of ids.entries()) {
    directory.put({
      kind: 'extension',
      record: {
        id,
        tenantId: tree.acme.tenantId,
        number: String(index),
        name: 'phone',
        status: 'active',
        callerNumberId: null,
        mediaSecurity: 'auto',
        forwarding: {
          always: null,
          busy: null,
          noAnswer: null,
          unreachable: null,
          noAnswerSeconds: 20,
        },
        secretSealed: Buffer.from('sealed'),
        limits: NO_LIMITS,
        generation: 1n,
      },
    });
  }
});
afterAll(() => tree.close());

function keeper(): BindingKeeper {
  const { database } = tree;
  const rest = { nodeId: 'restarted', database, directory, clock, log: silentLogger };
  return new BindingKeeper({ ...rest, onChange: () => undefined });
}

function phone(extensionId: string, index: number, transport: 'udp' | 'tcp' = 'udp'): Binding {
  const nowMs = clock.nowMs();
  return new Binding({
    extensionId,
    contactUri: `sip:${index}@10.0.0.1:${5060 + (index % 1000)}`,
    instanceId: index % 2 === 0 ? `<urn:uuid:${index}>` : '',
    regId: index % 2 === 0 ? 1 : 0,
    callId: `call-${index}`,
    cseq: index,
    flow: {
      transport,
      local: { address: '192.0.2.1', port: 5060 },
      remote: { address: '198.51.100.7', port: 1024 + index },
      connectionId: transport === 'tcp' ? index + 1 : undefined,
    },
    path: index % 3 === 0 ? ['<sip:edge.test;lr>'] : [],
    userAgent: 'phone',
    registeredAtMs: nowMs,
    refreshedAtMs: nowMs,
    expiresAtMs: nowMs + 300_000,
  });
}

test('ten thousand phones are reached as before after a restart, and those on streams come anew', async () => {
  const before = keeper();
  for (const [index, id] of ids.entries()) {
    before.location.update(id, [phone(id, index, index < 100 ? 'tcp' : 'udp')]);
  }
  await before.flush();
  const after = keeper();
  await after.restore();
  expect(after.location.size).toBe(PHONES - 100);
  for (const index of [100, 4_711, PHONES - 1]) {
    const id = ids[index] ?? '';
    const restored = after.location.lookup(id, clock.nowMs());
    expect(restored).toEqual(before.location.lookup(id, clock.nowMs()));
    expect(restored[0]?.flow.remote.port).toBe(1024 + index);
  }
});

test('what expired while the switch was away is not restored, what is unknown neither', async () => {
  clock.advance(299_000);
  const [first = ''] = ids.slice(100);
  directory.remove('extension', first);
  const almost = keeper();
  await almost.restore();
  expect(almost.location.size).toBe(PHONES - 101);
  clock.advance(1_000);
  const late = keeper();
  await late.restore();
  expect(late.location.size).toBe(0);
});

test('phones that came again are there longer after a restart: in good order at once, else within ten seconds', async () => {
  const before = keeper();
  const [stopped = '', crashed = ''] = ids.slice(200);
  const bindings = [stopped, crashed].map((id, index) => phone(id, 20_000 + index));
  for (const binding of bindings) before.location.update(binding.extensionId, [binding]);
  await before.flush();
  const wasUntilMs = bindings[0]?.expiresAtMs ?? 0;
  const renew = (binding: Binding | undefined) => {
    const nowMs = clock.nowMs();
    const times = { refreshedAtMs: nowMs, expiresAtMs: nowMs + 300_000 };
    if (binding) before.location.renew(binding, { callId: 'again', cseq: 30_000, ...times });
  };
  clock.advance(120_000);
  renew(bindings[0]);
  await before.flushAll();
  renew(bindings[1]);
  for (let tenSeconds = 0; tenSeconds < 10_000; tenSeconds += BINDINGS_WRITE_MS) {
    await before.flush();
  }
  expect(before.waiting).toBe(0);
  const after = keeper();
  await after.restore();
  for (const id of [stopped, crashed]) {
    const [restored] = after.location.lookup(id, clock.nowMs());
    expect(restored).toMatchObject({ callId: 'again', cseq: 30_000, extensionId: id });
    expect(restored?.expiresAtMs).toBe(wasUntilMs + 120_000);
  }
});
