import { createCarrier } from '@/lib/services/carriers/create-carrier';
import type { ServiceContext } from '@/lib/services/context';
import { createEmergencyAddress } from '@/lib/services/emergency/create-emergency-address';
import { postToWallet } from '@/lib/services/ledger/post-to-wallet';
import { createNumberPrice } from '@/lib/services/number-prices/create-number-price';
import { createNumber } from '@/lib/services/numbers/create-number';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import type { Customer, Tree } from '@/tests/support/tree';

/** A place in Washington for a customer's tenant. */
export async function placeOf(context: ServiceContext, customer: Customer, name = 'Head office') {
  return await createEmergencyAddress(context, {
    tenantId: customer.tenantId,
    name,
    country: 'US',
    street: 'Pennsylvania Avenue NW',
    houseNumber: '1600',
    city: 'Washington',
    region: 'DC',
    postalCode: '20500',
    contact: 'Front desk, 101',
    confirmed: true,
  });
}

/** A route for emergency calls of the countries given; of all of them unless told. */
export async function routeHelp({ operator }: Tree, countries: string[] = []): Promise<void> {
  const carrier = await createCarrier(operator.as(), { name: `help ${countries.join()}` });
  await createTrunk(operator.as(), {
    carrierId: carrier.id,
    name: `help ${countries.join()}`,
    address: '198.51.100.9',
    port: 5_060 + countries.length,
    emergency: true,
    emergencyCountries: countries,
  });
}

/** What each sells its numbers at: the operator at 1.00 a month, the resellers at 2.00 and 0.50 once. */
export async function sellNumbers({ operator, reseller, rival }: Tree): Promise<void> {
  await createNumberPrice(operator.as(), { currency: 'USD', perPeriod: '1' });
  for (const seller of [reseller, rival]) {
    await createNumberPrice(seller.as(), { currency: 'USD', setUp: '0.50', perPeriod: '2' });
  }
}

let next = 2_025_551_000;

/** A number in the operator's stock. */
export async function stockNumber({ operator }: Tree, fields: { accountId?: string } = {}) {
  next += 1;
  return await createNumber(operator.as(), { e164: `+1${next}`, ...fields });
}

/** What an account has in its wallet. */
export async function balanceOf({ database }: Tree, account: { readonly id: string }) {
  const wallet = await database.prisma.wallet.findFirstOrThrow({
    where: { accountId: account.id },
  });
  return wallet.balanceMicro;
}

/** Puts money into an account's wallet. */
export async function topUp(
  { operator, database }: Tree,
  account: { readonly id: string },
  amount: string,
): Promise<void> {
  const { id } = await database.prisma.wallet.findFirstOrThrow({
    where: { accountId: account.id },
  });
  await postToWallet(operator.as(), id, {
    kind: 'top_up',
    amount,
    reason: 'for tests',
    idempotencyKey: `top-up of ${account.id}`,
  });
}
