import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';

/** The countries of a list in which no trunk that is in service takes emergency calls. */
export async function unroutedCountries(
  tx: Tx,
  countries: readonly string[],
): Promise<readonly string[]> {
  const trunks = await tx.trunk.findMany({
    where: { emergency: true, status: 'active', carrierId: { not: null } },
    select: { emergencyCountries: true },
  });
  return countries.filter(
    (country) =>
      !trunks.some(({ emergencyCountries: of }) => of.length === 0 || of.includes(country)),
  );
}

/**
 * Throws NO_EMERGENCY_ROUTE where help could not be called from a country (facts: orders for that
 * country are blocked). A number of no country (null) is nobody's only telephone.
 */
export async function requireEmergencyRoute(tx: Tx, country: string | null): Promise<void> {
  if (country === null || (await unroutedCountries(tx, [country])).length === 0) return;
  throw new AppError(
    'NO_EMERGENCY_ROUTE',
    `No route for emergency calls in ${country} is in service: numbers of it can’t be ordered yet.`,
  );
}
