import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ControlClient } from '@/lib/control/client';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { originateCall } from '@/lib/services/calls/originate-call';
import { plantTree, type Tree } from '@/tests/support/tree';

const CALL_ID = '0192f000-0000-7000-8000-00000000000c';
const ABROAD = '+447700900142';

let tree: Tree;
const asked: unknown[] = [];
/** The switch's end: the real one is rung in tests/switch. */
const control = {
  send: async (name: string, input: object) => {
    asked.push({ name, ...input });
    return { callId: CALL_ID };
  },
} as unknown as ControlClient;

beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());
beforeEach(() => {
  asked.length = 0;
});

const audited = () =>
  tree.database.prisma.auditEntry.findMany({ where: { verb: 'calls.originate' } });

test('whoever may place calls for others has an extension rung, within its own subtree', async () => {
  const { extension101 } = tree.acme;
  const result = await originateCall(tree.acme.as('support'), control, {
    extensionId: extension101,
    dialled: ABROAD,
    callAs: '+12025550140',
  });
  expect(result).toEqual({ callId: CALL_ID });
  expect(asked).toEqual([
    {
      name: 'originate',
      scopePath: tree.acme.path,
      extensionId: extension101,
      dialled: ABROAD,
      callAs: '+12025550140',
    },
  ]);
  const [entry] = await audited();
  expect(entry).toMatchObject({
    accountId: tree.acme.id,
    objectId: CALL_ID,
    detail: { extensionId: extension101 },
  });
  // Numbers are personal: the call's own record has them.
  expect(JSON.stringify(entry?.detail)).not.toContain(ABROAD);
});

test('anybody has their own extension rung, and nobody else’s without the right', async () => {
  const reader = tree.acme.as('read_only');
  const ask = () =>
    originateCall(reader, control, { extensionId: tree.acme.extension101, dialled: ABROAD });
  await expect(ask()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(asked).toEqual([]);
});

test('an extension of another account is not there, whatever its number', async () => {
  await expect(
    originateCall(tree.birch.as('owner'), control, {
      extensionId: tree.acme.extension101,
      dialled: ABROAD,
    }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(asked).toEqual([]);
});

test('what the switch refuses is told, and nothing is audited', async () => {
  const before = (await audited()).length;
  const refusing = {
    send: async () => {
      throw new AppError('INSUFFICIENT_FUNDS', 'The call would be refused: INSUFFICIENT_FUNDS.');
    },
  } as unknown as ControlClient;
  await expect(
    originateCall(tree.acme.as('owner'), refusing, {
      extensionId: tree.acme.extension101,
      dialled: ABROAD,
    }),
  ).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  expect(await audited()).toHaveLength(before);
});

test('nobody places calls while acting as somebody else', async () => {
  const context = tree.acme.as('owner');
  const behind = { ...context, actor: { ...context.actor, behindId: newId() } };
  await expect(
    originateCall(behind, control, { extensionId: tree.acme.extension101, dialled: ABROAD }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
