import type { StoredCallerId } from '@/lib/services/calls/rules';
import type { CallFilter } from '@/lib/services/calls/schemas';
import type { Actor } from '@/lib/services/context';
import { Prisma } from '@/prisma/generated/client';

/** A call as it is read for a viewer: `own` = the viewer's subtree makes it, `peer` = is called. */
export interface CallRow {
  readonly id: string;
  readonly nodeId: string;
  readonly class: 'internal' | 'onnet' | 'outbound' | 'inbound' | 'emergency';
  readonly accountId: string;
  readonly accountName: string;
  readonly payerAccountId: string | null;
  readonly peerAccountId: string | null;
  readonly peerAccountName: string | null;
  readonly own: boolean;
  readonly peer: boolean;
  readonly fromExtensionId: string | null;
  readonly fromExtensionName: string | null;
  readonly toExtensionId: string | null;
  readonly toExtensionName: string | null;
  readonly fromNumber: string;
  readonly dialled: string;
  readonly toNumber: string;
  readonly destination: string | null;
  readonly startedAt: Date;
  readonly ringingAt: Date | null;
  readonly answeredAt: Date | null;
  readonly endedAt: Date;
  readonly durationMs: number;
  readonly ratedSeconds: number;
  readonly hungUpBy: 'caller' | 'callee' | 'switch' | 'node_failure' | null;
  readonly sipStatus: number;
  readonly q850Cause: number | null;
  readonly refusalCode: string | null;
  readonly refusalHopId: string | null;
  readonly refusalHopName: string | null;
  readonly refusalHopPath: string | null;
  readonly refusalText: string | null;
  readonly attempts: number;
  readonly codec: string | null;
  readonly media: unknown;
  readonly callerId: StoredCallerId | null;
  /** The viewer's own account has a recording of it. */
  readonly isRecorded: boolean;
}

const within = (actor: Actor, column: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(${column} IS NOT NULL AND starts_with(${column}, ${actor.accountPath}))`;

const ACCOUNT_PATH = Prisma.sql`a.path`;
const PEER_PATH = Prisma.sql`p.path`;

/**
 * The condition that makes a call visible. A customer is one account, found by index; a seller's
 * subtree is found through the joined paths.
 */
function visible(actor: Actor): Prisma.Sql {
  if (actor.kind === 'system') return Prisma.sql`true`;
  if (actor.accountKind === 'customer') {
    const id = actor.accountId;
    return Prisma.sql`(c.account_id = ${id}::uuid OR c.peer_account_id = ${id}::uuid)`;
  }
  return Prisma.sql`(${within(actor, ACCOUNT_PATH)} OR ${within(actor, PEER_PATH)})`;
}

/** How a call came out; in the order in which `resultOf` decides it. */
const RESULT = Prisma.sql`CASE WHEN c.answered_at IS NOT NULL THEN 'answered'
  WHEN c.refusal_code IS NOT NULL THEN 'refused' WHEN c.sip_status IN (486, 600) THEN 'busy'
  WHEN c.sip_status = 487 THEN 'cancelled' WHEN c.sip_status IN (408, 480) THEN 'no_answer'
  ELSE 'failed' END`;

function direction(actor: Actor, wanted: NonNullable<CallFilter['direction']>): Prisma.Sql {
  const own = within(actor, ACCOUNT_PATH);
  switch (wanted) {
    case 'internal':
      return Prisma.sql`c.class = 'internal'`;
    case 'outbound':
      return Prisma.sql`(c.class IN ('outbound', 'emergency') OR (c.class = 'onnet' AND ${own}))`;
    case 'inbound':
      return Prisma.sql`(c.class = 'inbound' OR (c.class = 'onnet' AND NOT ${own}))`;
  }
}

const likeOf = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** The conditions of a filter, the viewer's own scope first. */
export function callConditions(actor: Actor, filter: CallFilter): Prisma.Sql[] {
  const and = [visible(actor)];
  // By id, whose first bits are the time, so that whole partitions are left out.
  if (filter.from) and.push(Prisma.sql`c.id >= uuid_floor(${new Date(filter.from)}::timestamptz)`);
  if (filter.to) and.push(Prisma.sql`c.id < uuid_floor(${new Date(filter.to)}::timestamptz)`);
  if (filter.accountId) {
    const id = filter.accountId;
    and.push(Prisma.sql`(c.account_id = ${id}::uuid OR c.peer_account_id = ${id}::uuid)`);
    // The other side of somebody's call is no way to ask about their account.
    and.push(
      Prisma.sql`EXISTS (SELECT 1 FROM account f WHERE f.id = ${id}::uuid
                  AND starts_with(f.path, ${actor.accountPath}))`,
    );
  }
  if (filter.extensionId) {
    const id = filter.extensionId;
    and.push(
      Prisma.sql`((c.from_extension_id = ${id}::uuid AND ${within(actor, ACCOUNT_PATH)})
        OR (c.to_extension_id = ${id}::uuid AND EXISTS (SELECT 1 FROM extension e
             JOIN tenant t ON t.id = e.tenant_id JOIN account o ON o.id = t.account_id
            WHERE e.id = ${id}::uuid AND starts_with(o.path, ${actor.accountPath}))))`,
    );
  }
  if (filter.direction) and.push(direction(actor, filter.direction));
  if (filter.result) and.push(Prisma.sql`${RESULT} = ${filter.result}`);
  if (filter.search) {
    const like = likeOf(filter.search);
    and.push(
      Prisma.sql`(c.from_number LIKE ${like} OR c.to_number LIKE ${like}
        OR (c.dialled LIKE ${like} AND ${within(actor, ACCOUNT_PATH)})
        OR c.destination ILIKE ${like})`,
    );
  }
  return and;
}

/** Calls that meet the conditions, the newest first. */
export function selectCalls(actor: Actor, and: readonly Prisma.Sql[], limit: number): Prisma.Sql {
  return Prisma.sql`
    SELECT c.id, c.node_id AS "nodeId", c.class::text AS class, c.account_id AS "accountId",
      a.name AS "accountName", c.payer_account_id AS "payerAccountId",
      c.peer_account_id AS "peerAccountId", p.name AS "peerAccountName",
      ${within(actor, ACCOUNT_PATH)} AS own, ${within(actor, PEER_PATH)} AS peer,
      c.from_extension_id AS "fromExtensionId", fe.name AS "fromExtensionName",
      c.to_extension_id AS "toExtensionId", te.name AS "toExtensionName",
      c.from_number AS "fromNumber", c.dialled, c.to_number AS "toNumber", c.destination,
      c.started_at AS "startedAt", c.ringing_at AS "ringingAt", c.answered_at AS "answeredAt",
      c.ended_at AS "endedAt", c.duration_ms AS "durationMs", c.rated_seconds AS "ratedSeconds",
      c.hung_up_by::text AS "hungUpBy", c.sip_status AS "sipStatus", c.q850_cause AS "q850Cause",
      c.refusal_code AS "refusalCode", c.refusal_hop_id AS "refusalHopId", h.name AS "refusalHopName",
      h.path AS "refusalHopPath", c.refusal_text AS "refusalText", c.attempts, c.codec, c.media,
      c.caller_id AS "callerId",
      EXISTS (SELECT 1 FROM recording r WHERE r.call_id = c.id AND r.account_id = ${actor.accountId}::uuid
        AND r.state IN ('capturing', 'processing', 'ready')) AS "isRecorded"
    FROM call c
    JOIN account a ON a.id = c.account_id
    LEFT JOIN account p ON p.id = c.peer_account_id
    LEFT JOIN account h ON h.id = c.refusal_hop_id
    LEFT JOIN extension fe ON fe.id = c.from_extension_id
    LEFT JOIN extension te ON te.id = c.to_extension_id
    WHERE ${Prisma.join([...and], ' AND ')}
    ORDER BY c.id DESC LIMIT ${limit}`;
}
