import type { ServicesDatabase } from '@/lib/services/database';
import { CLAIM_SQL, CONTACTS_SQL, RELEASE_SQL, WRITE_SQL } from './internal/state-sql';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** How a trunk does, as its node sees it. */
export interface TrunkStateRecord {
  readonly trunkId: string;
  /** null: it is not one that registers. */
  readonly registration: 'registering' | 'registered' | 'failed' | null;
  readonly registeredUntilMs: number | null;
  /** Since when the registration is as it is. */
  readonly registrationAtMs: number | null;
  /** null: nobody asks. */
  readonly health: 'up' | 'down' | null;
  readonly healthAtMs: number | null;
  readonly roundTripMs: number | null;
  readonly errorStatus: number | null;
  readonly errorText: string | null;
  /** Behind the other routes until then, as too few of its calls work; null: it is not. */
  readonly demotedUntilMs: number | null;
  readonly demotedWhy: string | null;
  /** Where a PBX that registered is reached; the switch's own JSON. */
  readonly contacts: Json;
}

/**
 * Takes or renews the right to register trunks: one node at a time, until its lease is over.
 * Returns those that the node may register now.
 */
export async function claimTrunks(
  database: ServicesDatabase,
  claim: {
    readonly nodeId: string;
    readonly trunkIds: readonly string[];
    readonly nowMs: number;
    readonly leaseMs: number;
  },
): Promise<readonly string[]> {
  if (claim.trunkIds.length === 0) return [];
  const { rows } = await database.pool.query<{ trunkId: string }>(CLAIM_SQL, [
    claim.nodeId,
    claim.trunkIds,
    new Date(claim.nowMs),
    new Date(claim.nowMs + claim.leaseMs),
  ]);
  return rows.map((row) => row.trunkId);
}

/** Gives all leases of a node back, so that another need not wait for their end. */
export async function releaseTrunks(database: ServicesDatabase, nodeId: string): Promise<void> {
  await database.pool.query(RELEASE_SQL, [nodeId]);
}

/** Writes states together; trunks that are gone are passed over. */
export async function writeTrunkStates(
  database: ServicesDatabase,
  states: readonly TrunkStateRecord[],
): Promise<void> {
  if (states.length === 0) return;
  const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const rows = states.map((state) => ({
    ...state,
    registeredUntil: at(state.registeredUntilMs),
    registrationAt: at(state.registrationAtMs),
    healthAt: at(state.healthAtMs),
    demotedUntil: at(state.demotedUntilMs),
  }));
  await database.pool.query(WRITE_SQL, [JSON.stringify(rows)]);
}

/** Where PBXs were reached, by trunk, as it was last written. */
export async function loadTrunkContacts(
  database: ServicesDatabase,
): Promise<readonly { readonly trunkId: string; readonly contacts: unknown }[]> {
  const { rows } = await database.pool.query<{ trunkId: string; contacts: unknown }>(CONTACTS_SQL);
  return rows;
}
