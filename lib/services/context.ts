import type { Clock } from '@/lib/core/clock';
import type { Uuid } from '@/lib/core/ids';
import type { Sealer } from '@/lib/infra/crypto';
import type { Database } from '@/lib/infra/db/client';
import type { Role } from './access/roles';

/** Who calls a verb, already authenticated. What they may do is decided in the verb. */
export interface Actor {
  readonly kind: 'user' | 'api_key' | 'system';
  /** The user's or the key's id; null for the system. */
  readonly id: Uuid | null;
  /** The account they act in, and its path: their subtree is every path that starts with it. */
  readonly accountId: Uuid;
  readonly accountPath: string;
  readonly accountKind: 'operator' | 'reseller' | 'customer';
  readonly role: Role;
  /** For keys: what the key was limited to; null = whatever its role may. */
  readonly scopes: readonly string[] | null;
  /** The person behind an "act as". */
  readonly behindId: Uuid | null;
  readonly address: string | null;
  readonly requestId: string | null;
}

/** What every verb gets: where the data lies, who asks, and what time it is. */
export interface ServiceContext {
  readonly database: Database;
  readonly actor: Actor;
  readonly clock: Clock;
  /** Seals and opens secrets; null where the process holds no key (it then can't reveal any). */
  readonly sealer: Sealer;
}
