import { parseMicro } from '@/lib/core/money';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, encodeCursor } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { Prisma } from '@/prisma/generated/client';
import { toOffer } from './internal/offer-view';
import { type Buyer, isFreeFor, sellersAbove } from './internal/offers';
import { priceHops, readPriceChain } from './internal/rental-hops';
import { numberInclude } from './internal/view';
import { likePattern } from './rules';
import { type ListOffersInput, listOffersSchema, type NumberOffer } from './schemas';

/** Numbers looked at for one page at most: where few are sold, a page may hold fewer than asked. */
const MAX_SCANNED = 2_000;
const BATCH = 200;

/**
 * The numbers that an account can order from the stocks above it, in E.164 order, at its own
 * prices; with those that are kept for it. A number that somebody on the way does not sell, or
 * sells in another currency, is not on offer.
 */
export async function listOffers(
  context: ServiceContext,
  input: ListOffersInput = {},
): Promise<Page<NumberOffer>> {
  authorize(context, 'numbers.read');
  const { cursor, limit, accountId, maxPerPeriod, ...filters } = parseInput(
    listOffersSchema,
    input,
  );
  const { prisma } = context.database;
  const buyer = await findAccount(prisma, context, accountId ?? context.actor.accountId);
  const chain = await readPriceChain(prisma, buyer.path);
  const most = maxPerPeriod === undefined ? null : parseMicro(maxPerPeriod);
  const nowMs = context.clock.nowMs();
  const items: NumberOffer[] = [];
  let after = cursor === undefined ? '' : (decodeCursor(cursor, 1)[0] ?? '');
  for (let scanned = 0; scanned < MAX_SCANNED; scanned += BATCH) {
    const ids = await freeIds(context, { buyer, after, filters, nowMs });
    const rows = await prisma.phoneNumber.findMany({
      where: { id: { in: ids } },
      include: numberInclude,
      orderBy: { e164: 'asc' },
    });
    for (const row of rows) {
      if (items.length === limit) return { items, nextCursor: encodeCursor([after]) };
      after = row.e164;
      const from = { number: row, stockId: row.accountId, mustBeSold: true };
      const priced = priceHops(chain, from);
      if (!('hops' in priced) || !isFreeFor(row, buyer, nowMs)) continue;
      if (most !== null && (priced.hops[0]?.perPeriodMicro ?? 0n) > most) continue;
      items.push(toOffer(row, priced.hops));
    }
    if (ids.length < BATCH) return { items, nextCursor: null };
  }
  return { items, nextCursor: encodeCursor([after]) };
}

interface Search {
  readonly buyer: Buyer;
  readonly after: string;
  readonly nowMs: number;
  readonly filters: Pick<
    ReturnType<typeof listOffersSchema.parse>,
    'country' | 'area' | 'kind' | 'group' | 'pattern'
  >;
}

async function freeIds({ database }: ServiceContext, search: Search): Promise<string[]> {
  const { buyer, after, filters, nowMs } = search;
  const { country, area, kind, group, pattern } = filters;
  const and = [
    Prisma.sql`n.account_id = ANY (${[...sellersAbove(buyer)]}::uuid[])`,
    Prisma.sql`(n.state = 'available' OR n.state = 'reserved' AND (n.reserved_for_id = ${buyer.id}::uuid
      OR n.held_until <= ${new Date(nowMs)}))`,
    Prisma.sql`n.e164 > ${after}`,
  ];
  if (country) and.push(Prisma.sql`n.country = ${country}`);
  if (area) and.push(Prisma.sql`n.area ILIKE ${likePattern(area)}`);
  if (kind) and.push(Prisma.sql`n.kind = ${kind}::"NumberKind"`);
  if (group) and.push(Prisma.sql`n.number_group = ${group}`);
  if (pattern) and.push(Prisma.sql`n.e164 LIKE ${digitsPattern(pattern)}`);
  const rows = await database.prisma.$queryRaw<{ id: string }[]>`
    SELECT n.id FROM phone_number n WHERE ${Prisma.join(and, ' AND ')}
     ORDER BY n.e164 LIMIT ${BATCH}`;
  return rows.map(({ id }) => id);
}

/** "+1202?55" as LIKE has it: its beginning; without "+" anywhere in the number. */
function digitsPattern(pattern: string): string {
  const digits = pattern.replaceAll('?', '_');
  return digits.startsWith('+') ? `${digits}%` : `%${digits}%`;
}
