import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import {
  type ListRegistrationsInput,
  listRegistrationsSchema,
  type WireRegistration,
} from './schemas';

const bindingInclude = {
  extension: {
    select: {
      number: true,
      name: true,
      tenantId: true,
      tenant: { select: { accountId: true, domain: true } },
    },
  },
} satisfies Prisma.BindingInclude;

type BindingRow = Prisma.BindingGetPayload<{ include: typeof bindingInclude }>;

/** The phones of the caller's subtree that can be reached now, the latest to come first. */
export async function listRegistrations(
  context: ServiceContext,
  input: ListRegistrationsInput = {},
): Promise<Page<WireRegistration>> {
  authorize(context, 'extensions.read');
  const { cursor, limit, ...asked } = parseInput(listRegistrationsSchema, input);
  const rows = await context.database.prisma.binding.findMany({
    where: {
      expiresAt: { gt: new Date(context.clock.nowMs()) },
      extension: { tenant: { account: inSubtree(context.actor) } },
      AND: filtersOf(asked),
      ...(cursor ? { id: { lt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    include: bindingInclude,
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, { keyOf: (row) => [row.id], toItem: toWireRegistration });
}

function filtersOf(
  asked: Omit<ListRegistrationsInput, 'cursor' | 'limit'>,
): Prisma.BindingWhereInput[] {
  const { accountId, tenantId, extensionId, transport, userAgent, search } = asked;
  const and: Prisma.BindingWhereInput[] = [];
  if (accountId) and.push({ extension: { tenant: { accountId } } });
  if (tenantId) and.push({ extension: { tenantId } });
  if (extensionId) and.push({ extensionId });
  if (transport) and.push({ transport });
  if (userAgent) and.push({ userAgent: { contains: userAgent, mode: 'insensitive' } });
  if (search) {
    and.push({
      OR: [
        { extension: { number: { startsWith: search } } },
        { address: { startsWith: search } },
        { userAgent: { contains: search, mode: 'insensitive' } },
      ],
    });
  }
  return and;
}

function toWireRegistration(row: BindingRow): WireRegistration {
  const { id, extension, extensionId, contactUri, userAgent, address, port, transport } = row;
  return {
    id,
    accountId: extension.tenant.accountId,
    tenantId: extension.tenantId,
    domain: extension.tenant.domain,
    extensionId,
    number: extension.number,
    name: extension.name,
    contactUri,
    flow: row.regId,
    userAgent,
    address,
    port,
    transport,
    registeredAt: row.registeredAt.toISOString(),
    refreshedAt: row.refreshedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}
