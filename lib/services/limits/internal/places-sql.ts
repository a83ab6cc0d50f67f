import type { LimitSubjectName } from '@/lib/services/limits/schemas';

/** A place in the tree of who is limited: its account's path, then the kind, then the id. */
export interface PlaceRow {
  readonly path: string;
  readonly rank: number;
  readonly id: string;
  readonly subject: LimitSubjectName;
}

/** $1 path; $2 a kind or null; $3 to $5 the place before; $6 how many. */
export const placesSql = `
SELECT a.path, k.rank, k.id::text AS id, k.subject
  FROM account a
 CROSS JOIN LATERAL (
   SELECT 0 AS rank, a.id, 'account' AS subject
   UNION ALL SELECT 1, t.id, 'tenant' FROM tenant t WHERE t.account_id = a.id
   UNION ALL SELECT 2, r.id, 'trunk' FROM trunk r WHERE r.account_id = a.id
   UNION ALL SELECT 3, l.subject_id, l.subject::text FROM call_limit l
     WHERE l.account_id = a.id AND l.subject = 'number'
   UNION ALL SELECT 4, l.subject_id, l.subject::text FROM call_limit l
     WHERE l.account_id = a.id AND l.subject = 'extension'
 ) k
 WHERE starts_with(a.path, $1) AND ($2::text IS NULL OR k.subject = $2)
   AND (a.path, k.rank, k.id::text) > ($3::text, $4::int, $5::text)
 ORDER BY a.path, k.rank, k.id::text LIMIT $6`;
