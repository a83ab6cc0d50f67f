import type { WireCallLink } from '@/lib/services/calls/schemas';
import type { ServiceContext } from '@/lib/services/context';
import { Prisma } from '@/prisma/generated/client';
import { callConditions } from './rows';

/** More forwards and transfers of one call are not shown. */
const MAX_LINKS = 20;

/**
 * The calls that a call continues or is continued by, as far as the viewer may see them: another
 * account's forward of one's own call is none of one's business.
 */
export async function readLinks(
  { database, actor }: Pick<ServiceContext, 'database' | 'actor'>,
  callId: string,
): Promise<readonly WireCallLink[]> {
  const linked = Prisma.sql`(c.linked_call_id = ${callId}::uuid
    OR c.id = (SELECT linked_call_id FROM call WHERE id = ${callId}::uuid))`;
  const and = [linked, ...callConditions(actor, {})];
  return await database.prisma.$queryRaw<WireCallLink[]>(Prisma.sql`
    SELECT c.id AS "callId",
      CASE WHEN c.linked_call_id = ${callId}::uuid AND c.link_kind = 'pickup'
        THEN c.from_number ELSE c.to_number END AS number,
      CASE WHEN c.linked_call_id = ${callId}::uuid THEN 'continued_by' ELSE 'continues' END AS relation,
      CASE WHEN c.linked_call_id = ${callId}::uuid THEN c.link_kind::text
        ELSE (SELECT link_kind::text FROM call WHERE id = ${callId}::uuid) END AS kind
    FROM call c
    JOIN account a ON a.id = c.account_id
    LEFT JOIN account p ON p.id = c.peer_account_id
    WHERE ${Prisma.join(and, ' AND ')}
    ORDER BY c.id LIMIT ${MAX_LINKS}`);
}
