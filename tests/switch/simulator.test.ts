import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Uuid } from '@/lib/core/ids';
import { updateAccount } from '@/lib/services/accounts/update-account';
import type { WireSimulation } from '@/lib/services/calls/schemas';
import { simulateCall } from '@/lib/services/calls/simulate-call';
import type { ServiceContext } from '@/lib/services/context';
import { activateDeckVersion } from '@/lib/services/decks/activate-deck-version';
import { createDeck } from '@/lib/services/decks/create-deck';
import { eventually } from '@/tests/support/eventually';
import { labOperator } from '@/tests/support/lab-operator';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';

/** The simulator, asked of a running switch: what it says is what the switch would do. */
const LONDON = '+442079460018';

let running: RunningSwitch;
let operator: ServiceContext;

beforeAll(async () => {
  running = await startSwitch();
  operator = await labOperator(running.database);
});

afterAll(async () => {
  await running.noneIsLeft();
  expect(running.errors()).toEqual([]);
  await running.close();
});

async function as(name: string): Promise<ServiceContext> {
  const account = await running.database.prisma.account.findFirstOrThrow({ where: { name } });
  return {
    ...operator,
    actor: {
      ...operator.actor,
      accountId: account.id as Uuid,
      accountPath: account.path,
      accountKind: account.kind,
    },
  };
}

async function extensionOf(tenant: string): Promise<string> {
  const where = { number: '101', tenant: { domain: `${tenant}.lab.test` } };
  return (await running.database.prisma.extension.findFirstOrThrow({ where })).id;
}

async function simulate(
  who: ServiceContext,
  question: { tenant: string; dialled: string; seconds?: number; at?: string },
): Promise<WireSimulation> {
  const { tenant, ...rest } = question;
  const extensionId = await extensionOf(tenant);
  return await simulateCall(who, running.control, { extensionId, ...rest });
}

const amounts = ({ hops }: WireSimulation) => hops.map(({ amount }) => amount.amount);

test('the operator sees every hop, the route that is chosen and the one after it', async () => {
  const answer = await simulate(operator, { tenant: 'acme', dialled: LONDON, seconds: 32 });
  expect(answer).toMatchObject({ callClass: 'outbound', number: LONDON, refusal: null });
  expect(answer.caller).toMatchObject({ number: '101', account: { name: 'Acme' } });
  expect(amounts(answer)).toEqual(['0.012000', '0.005333', '0.002933']);
  expect(answer.hops.map(({ billedSeconds }) => billedSeconds)).toEqual([36, 32, 32]);
  expect(answer.routes).toMatchObject([
    {
      place: 1,
      trunk: { name: 'carrier-b' },
      skipped: null,
      cost: { amount: '0.002933' },
      keeps: { amount: '0.002400' },
      cost300: { amount: '0.027500' },
    },
    { place: 2, trunk: { name: 'carrier-a' }, skipped: null, cost: { amount: '0.003200' } },
  ]);
  expect(answer.talkSeconds).toBeGreaterThan(60);
  expect(answer.talkSeconds).toBeLessThanOrEqual(answer.maxSeconds ?? 0);
});

test('a reseller sees the hops at which it pays or is paid, and no route', async () => {
  const answer = await simulate(await as('North'), {
    tenant: 'acme',
    dialled: LONDON,
    seconds: 32,
  });
  expect(amounts(answer)).toEqual(['0.012000', '0.005333']);
  expect(answer.hops.map(({ keeps }) => keeps?.amount.amount ?? null)).toEqual(['0.006667', null]);
  expect(answer.routes).toBeNull();
});

test('routes that would lose are named with what decided, and so is the refusal', async () => {
  const answer = await simulate(operator, { tenant: 'cedar', dialled: '+447700900555' });
  expect(answer).toMatchObject({ callClass: null, hops: [], refusal: { code: 'MARGIN_NEGATIVE' } });
  expect(answer.routes).toMatchObject([
    { place: null, trunk: { name: 'carrier-a' }, skipped: 'MARGIN_NEGATIVE' },
    { place: null, trunk: { name: 'carrier-b' }, skipped: 'MARGIN_NEGATIVE' },
  ]);
  expect(answer.routes?.[0]).toMatchObject({
    cost300: { amount: '0.100000' },
    price300: { amount: '0.060000' },
  });
});

test('a destination that its own account does not allow is its own refusal', async () => {
  const south = await as('South');
  const answer = await simulate(south, { tenant: 'birch', dialled: '+882165111111' });
  expect(answer.refusal).toMatchObject({ code: 'DESTINATION_BLOCKED', hop: { name: 'Birch' } });
});

test('a rate of an account’s own comes as soon as it is set, and is told apart from the sell deck’s', async () => {
  const north = await as('North');
  const deck = await createDeck(north, {
    ...{ kind: 'sell', name: 'Acme alone', currency: 'USD' },
    rates: [
      { prefix: '4420718', perMinute: '0.0190', first: 1, next: 1 },
      { prefix: '442071839', perMinute: '0', first: 1, next: 1, blocked: true },
    ],
  });
  await activateDeckVersion(north, deck.id, { version: 1 });
  const { accountId } = (await as('Acme')).actor;
  const asked = { tenant: 'acme', dialled: '+442071838750', seconds: 60 };
  const told = async (who = north, question = asked) =>
    (await simulate(who, question)).hops.map(
      ({ payer, rate, isOwnRate }) => `${payer.name} ${rate?.perMinute} ${isOwnRate}`,
    );
  expect(await told()).toEqual(['Acme 0.0200 false', 'North 0.0100 false']);
  await updateAccount(north, accountId, { ownDeckId: deck.id });
  await eventually(async () => (await told())[0] === 'Acme 0.0190 true');
  expect(await told()).toEqual(['Acme 0.0190 true', 'North 0.0100 false']);
  // The carrier's hop has no deck of anybody's own.
  expect((await simulate(operator, asked)).hops.at(-1)).toMatchObject({ isOwnRate: false });
  const [payer] = (await simulate(north, asked)).hops;
  expect(payer?.rate).toMatchObject({ deckName: 'Acme alone', prefix: '4420718' });
  expect(payer?.amount.amount).toBe('0.019000');
  const blocked = { ...asked, dialled: '+442071839111' };
  expect((await simulate(north, blocked)).refusal).toMatchObject({
    ...{ code: 'DESTINATION_BLOCKED', hop: { name: 'Acme' } },
    text: 'North blocks +442071839… for Acme in "Acme alone"',
  });
  // What else it calls, and what others call, costs what it did.
  expect((await told(north, { ...asked, dialled: LONDON }))[0]).toBe('Acme 0.0200 false');
  expect((await told(operator, { ...asked, tenant: 'birch' }))[0]).toBe('Birch 0.0300 false');
  // A quote, which plans as the INVITE would, says the same.
  const extensionId = await extensionOf('acme');
  const quoted = await running.control.send('quote', {
    ...{ scopePath: north.actor.accountPath, extensionId, dialled: asked.dialled, callAs: null },
  });
  expect(quoted).toMatchObject({ hops: [{ snapshot: { deckName: 'Acme alone' } }, {}] });
});

test('without funds the plan stands, and the talk time is none', async () => {
  const where = { account: { name: 'Birch' } };
  const wallet = await running.database.prisma.wallet.findFirstOrThrow({ where });
  await running.database.prisma.wallet.update({
    where: { id: wallet.id },
    data: { creditLimitMicro: -wallet.balanceMicro },
  });
  const answer = await simulate(operator, { tenant: 'birch', dialled: LONDON });
  expect(answer).toMatchObject({ refusal: null, talkSeconds: 0 });
  expect(answer.hops.length).toBe(4);
});

test('by an account its first extension asks; of another tree there is none', async () => {
  const { accountId } = (await as('Acme')).actor;
  const answer = await simulateCall(await as('North'), running.control, {
    accountId,
    dialled: LONDON,
  });
  expect(answer.caller).toMatchObject({ number: '101', domain: 'acme.lab.test' });
  const south = await as('South');
  const asked = simulateCall(south, running.control, { accountId, dialled: LONDON });
  await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const foreign = simulate(south, { tenant: 'acme', dialled: LONDON });
  await expect(foreign).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const customer = simulate(await as('Acme'), { tenant: 'acme', dialled: LONDON });
  await expect(customer).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
