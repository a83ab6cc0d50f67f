import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { unroutedCountries } from './require-emergency-route';
import type { EmergencyGaps } from './schemas';

/** Tenants named at most: a notice, not a list. */
const MAX_NAMED = 50;

/**
 * What stands in the way of help in the caller's own account, or with the operator in all: tenants
 * without a place or without a number to call back, countries without a route. Shown for as long as
 * it is so (facts: a permanent banner).
 */
export async function getEmergencyGaps(context: ServiceContext): Promise<EmergencyGaps> {
  authorize(context, 'emergency.read');
  const { prisma } = context.database;
  const { actor } = context;
  const account = actor.accountKind === 'operator' ? inSubtree(actor) : { id: actor.accountId };
  const select = { id: true, domain: true };
  const orderBy = { domain: 'asc' } as const;
  const tenants = await prisma.tenant.findMany({
    where: { account, emergencyLocationId: null, extensions: { some: {} } },
    ...{ select, orderBy, take: MAX_NAMED },
  });
  const unreachable = await prisma.tenant.findMany({
    where: {
      account,
      emergencyLocationId: { not: null },
      emergencyNumberId: null,
      // Whoever has a number in service shows that one.
      numbers: { none: { state: { in: ['in_service', 'port_out'] } } },
    },
    ...{ select, orderBy, take: MAX_NAMED },
  });
  const countries = await prisma.tenant.findMany({
    where: { account },
    distinct: ['country'],
    select: { country: true },
  });
  const ofNumbers = await prisma.phoneNumber.findMany({
    where: { account, state: 'in_service', country: { not: null } },
    distinct: ['country'],
    select: { country: true },
  });
  const all = [...countries, ...ofNumbers].flatMap(({ country }) => country ?? []);
  const unrouted = await unroutedCountries(prisma, [...new Set(all)].sort());
  return { tenants, unreachable, unroutedCountries: [...unrouted] };
}
