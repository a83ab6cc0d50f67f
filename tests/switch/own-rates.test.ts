import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccount } from '@/lib/services/accounts/create-account';
import { getAccount } from '@/lib/services/accounts/get-account';
import { updateAccount } from '@/lib/services/accounts/update-account';
import type { ServiceContext } from '@/lib/services/context';
import { activateDeckVersion } from '@/lib/services/decks/activate-deck-version';
import { createDeck } from '@/lib/services/decks/create-deck';
import { createExtension } from '@/lib/services/extensions/create-extension';
import { postToWallet } from '@/lib/services/ledger/post-to-wallet';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { createTenant } from '@/lib/services/tenants/create-tenant';
import { eventually } from '@/tests/support/eventually';
import { addCarrier } from '@/tests/support/lab-carriers';
import { labOperator } from '@/tests/support/lab-operator';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { audioSdp } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/** Two customers with the same extension buy at one sell deck; one of them has rates of its own. */
const CARRIER = '127.0.5.9';
const CARRIER_PORT = 15_880;
const PREFIX = '442079476';
const SECRET = 'Wq7-own-rates-4711-lab';

let running: RunningSwitch;
let operator: ServiceContext;
let carrier: WirePhone;
let special: Customer;
let usual: Customer;

interface Customer {
  readonly accountId: string;
  readonly phone: WirePhone;
}

beforeAll(async () => {
  running = await startSwitch();
  operator = await labOperator(running.database);
  await addCarrier(operator, {
    ...{ name: 'own', prefix: PREFIX, perMinute: '0.0010' },
    trunk: { address: CARRIER, port: CARRIER_PORT, transport: 'udp' },
  });
  const server = `127.0.0.1:${running.ports.sip}`;
  carrier = await WirePhone.open({
    ...{ user: 'carrier', domain: CARRIER, secret: '', server },
    ...{ localAddress: CARRIER, localPort: CARRIER_PORT },
  });
  special = await customer('special');
  usual = await customer('usual');
});

afterAll(async () => {
  for (const phone of [special.phone, usual.phone, carrier]) phone.close();
  await running.noneIsLeft();
  expect(running.errors()).toEqual([]);
  await running.close();
});

/** A customer at Cedar's sell deck (0.0120 a minute by the second), with funds and extension 101. */
async function customer(name: string): Promise<Customer> {
  const { prisma } = running.database;
  const cedar = await prisma.account.findFirstOrThrow({ where: { name: 'Cedar' } });
  const { id: accountId, wallet } = await createAccount(operator, {
    ...{ kind: 'customer', name, sellDeckId: cedar.sellDeckId, fraudProfile: 'none' },
  });
  await postToWallet(operator, wallet?.id ?? '', {
    ...{ kind: 'top_up', amount: '1', reason: 'to call', idempotencyKey: name },
  });
  const domain = `${name}.own.test`;
  const tenant = await createTenant(operator, {
    ...{ accountId, domain, country: 'US', allowedDestinations: ['44'] },
  });
  const extension = await createExtension(operator, {
    ...{ tenantId: tenant.id, number: '101', name: 'phone', secret: SECRET },
  });
  await eventually(async () => {
    const where = { kind: 'extension', objectId: extension.id };
    return (await prisma.configObserved.findFirst({ where })) !== null;
  });
  const server = `127.0.0.1:${running.ports.sip}`;
  return {
    accountId,
    phone: await WirePhone.open({ user: '101', domain, secret: SECRET, server }),
  };
}

/** Puts a rate of its own before the sell deck, as soon as the switch knows of it. */
async function give(
  { accountId }: Customer,
  name: string,
  rate: { readonly perMinute: string; readonly blocked?: boolean },
): Promise<void> {
  const deck = await createDeck(operator, {
    ...{ kind: 'sell', name, currency: 'USD' },
    rates: [{ prefix: '44207', first: 60, next: 60, ...rate }],
  });
  await activateDeckVersion(operator, deck.id, { version: 1 });
  await updateAccount(operator, accountId, { ownDeckId: deck.id });
  await eventually(async () => {
    const { generation, status } = await getAccount(operator, accountId);
    return status.observedGeneration === generation;
  });
}

/** What the customer is charged for a call of a moment, and by which deck. */
async function charged({ phone }: Customer, number: string) {
  const called = carrier
    .next(({ method, start }) => method === 'INVITE' && start.includes(number))
    .then((invite) => carrier.accept(invite, audioSdp(41_900)));
  const dialog = await phone.call(number, audioSdp(41_902));
  await called;
  expect((await phone.hangUp(dialog)).status).toBe(200);
  const { hops } = await running.lab.call(number);
  const { prisma } = running.database;
  const { id: callId } = await prisma.call.findFirstOrThrow({ where: { toNumber: number } });
  const charge = await prisma.charge.findFirstOrThrow({ where: { callId, hop: 0 } });
  return { hops: hops.length, amountMicro: charge.amountMicro, snapshot: charge.snapshot };
}

test('a call is held and charged at the caller’s own rate; the neighbour’s, to the same place, is not', async () => {
  await give(special, 'special alone', { perMinute: '0.0090' });
  expect(await charged(special, `+${PREFIX}001`)).toMatchObject({
    ...{ hops: 2, amountMicro: 9_000n },
    snapshot: { deckName: 'special alone', prefix: '44207' },
  });
  expect(await charged(usual, `+${PREFIX}002`)).toMatchObject({
    ...{ hops: 2, snapshot: { deckName: 'Operator to Cedar', prefix: '44' } },
  });
  expect((await verifyLedger(running.database)).broken).toBeNull();
});

test('what its own rates block is refused to it alone', async () => {
  await give(special, 'special but not London', { perMinute: '0', blocked: true });
  await expect(special.phone.call(`+${PREFIX}003`, audioSdp(41_902))).rejects.toThrow('403');
  expect((await charged(usual, `+${PREFIX}004`)).hops).toBe(2);
});
