import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ControlClient } from '@/lib/control/client';
import type { CommandResult } from '@/lib/control/commands';
import { AppError } from '@/lib/core/errors';
import { quoteCall } from '@/lib/services/calls/quote-call';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

type Quoted = CommandResult<'quote'>;
type Hop = Extract<Quoted, { kind: 'planned' }>['hops'][number];

/** A switch that plans this, and what it was asked. */
function switchThatSays(plan: Quoted) {
  const asked: unknown[] = [];
  const control = {
    send: async (name: string, input: { scopePath: string }) => {
      asked.push({ name, ...input });
      return plan;
    },
  } as unknown as ControlClient;
  return { control, asked };
}

const hop = (accountId: string, perMinute: string): Hop => ({
  accountId,
  snapshot: {
    ...{ v: 1, deckId: 'deck', deckName: 'deck', deckVersion: 1, prefix: '44', destination: '' },
    ...{ currency: 'USD', rounding: 'half_up', firstSeconds: 60, nextSeconds: 60 },
    ...{ firstPerMinute: perMinute, nextPerMinute: perMinute, connectFee: '0', minimum: '0' },
    ...{ noChargeSeconds: 0, beatenPrefixes: [] },
  },
});

const planned = (hops: readonly Hop[], maxSeconds = 14_400): Quoted => ({
  kind: 'planned',
  callClass: 'outbound',
  number: '+447700900142',
  destination: 'UK mobile',
  callerId: '+12025550140',
  maxSeconds,
  hops: [...hops],
});

const ask = (control: ControlClient) =>
  quoteCall(tree.acme.as('read_only'), control, {
    extensionId: tree.acme.extension101,
    dialled: '+447700900142',
  });

test('talk time is what the tightest wallet of the chain can pay, in whole steps', async () => {
  // Acme has 20, its reseller 100: 20 / 0.30 = 66 minutes, 100 / 2 = 50.
  const { control, asked } = switchThatSays(
    planned([hop(tree.acme.id, '0.3'), hop(tree.reseller.id, '2')]),
  );
  expect(await ask(control)).toEqual({
    callClass: 'outbound',
    number: '+447700900142',
    destination: 'UK mobile',
    callerId: '+12025550140',
    price: {
      currency: 'USD',
      firstPerMinute: '0.3000',
      nextPerMinute: '0.3000',
      firstSeconds: 60,
      nextSeconds: 60,
      connectFee: { amount: '0.000000', currency: 'USD' },
      minimum: { amount: '0.000000', currency: 'USD' },
      noChargeSeconds: 0,
      freeSeconds: 0,
      band: null,
      rounding: 'half_up',
    },
    talkSeconds: 50 * 60,
    refusal: null,
  });
  expect(asked).toMatchObject([{ name: 'quote', scopePath: tree.acme.path }]);
});

test('a limit that comes first is the talk time', async () => {
  const { control } = switchThatSays(planned([hop(tree.acme.id, '0.3')], 600));
  expect((await ask(control)).talkSeconds).toBe(600);
});

test('funds that pay not even the first step refuse, without saying whose they are', async () => {
  const dear = [hop(tree.acme.id, '0.3'), hop(tree.reseller.id, '200')];
  const { control } = switchThatSays(planned(dear));
  const quoted = await ask(control);
  expect(quoted).toMatchObject({ talkSeconds: 0, refusal: { code: 'INSUFFICIENT_FUNDS' } });
  expect(JSON.stringify(quoted)).not.toContain(tree.reseller.id);
});

test('a free call has neither price nor end', async () => {
  const { control } = switchThatSays({ ...planned([]), callClass: 'internal' } as Quoted);
  expect(await ask(control)).toMatchObject({ price: null, talkSeconds: null, refusal: null });
});

test('a refusal of the plan is told by its code', async () => {
  const { control } = switchThatSays({ kind: 'refused', code: 'DESTINATION_BLOCKED' });
  expect(await ask(control)).toMatchObject({
    number: null,
    refusal: { code: 'DESTINATION_BLOCKED' },
  });
});

test('what the switch does not find is not found', async () => {
  const control = {
    send: async () => {
      throw new AppError('NOT_FOUND', 'There is no such extension.');
    },
  } as unknown as ControlClient;
  await expect(ask(control)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
