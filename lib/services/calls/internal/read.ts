import type { CallFilter } from '@/lib/services/calls/schemas';
import type { ServiceContext } from '@/lib/services/context';
import { Prisma } from '@/prisma/generated/client';
import { type CallRow, callConditions, selectCalls } from './rows';
import type { ChargeRow } from './view';

export interface CallWithCharges {
  readonly row: CallRow;
  readonly charges: readonly ChargeRow[];
}

/** Clocks of nodes may differ by this much; a call is never charged before it began. */
const SKEW_MS = 3_600_000;

export interface CallSlice {
  /** Only calls with a smaller id; null from the newest on. */
  readonly before: string | null;
  readonly limit: number;
}

/** A slice of the calls that a filter leaves, the newest first, with all their charges. */
export async function readCalls(
  { database, actor }: Pick<ServiceContext, 'database' | 'actor'>,
  filter: CallFilter,
  slice: CallSlice,
): Promise<readonly CallWithCharges[]> {
  const and = callConditions(actor, filter);
  if (slice.before !== null) and.push(Prisma.sql`c.id < ${slice.before}::uuid`);
  const rows = await database.prisma.$queryRaw<CallRow[]>(selectCalls(actor, and, slice.limit));
  const charges = await readCharges(database, rows);
  return rows.map((row) => ({ row, charges: charges.get(row.id) ?? [] }));
}

/** One call by id, if the viewer may see it. */
export async function readCall(
  { database, actor }: Pick<ServiceContext, 'database' | 'actor'>,
  callId: string,
): Promise<CallWithCharges | null> {
  const and = [Prisma.sql`c.id = ${callId}::uuid`, ...callConditions(actor, {})];
  const [row] = await database.prisma.$queryRaw<CallRow[]>(selectCalls(actor, and, 1));
  if (row === undefined) return null;
  const charges = await readCharges(database, [row]);
  return { row, charges: charges.get(row.id) ?? [] };
}

async function readCharges(
  { prisma }: ServiceContext['database'],
  rows: readonly CallRow[],
): Promise<Map<string, ChargeRow[]>> {
  const byCall = new Map<string, ChargeRow[]>();
  if (rows.length === 0) return byCall;
  const first = Math.min(...rows.map((row) => row.startedAt.getTime()));
  const charges = await prisma.charge.findMany({
    where: {
      callId: { in: rows.map((row) => row.id) },
      // Ids begin with the time: leaves out the partitions of earlier months.
      id: { gte: floorId(first - SKEW_MS) },
    },
    orderBy: [{ hop: 'asc' }, { kind: 'asc' }, { id: 'asc' }],
  });
  for (const charge of charges) {
    byCall.set(charge.callId, [...(byCall.get(charge.callId) ?? []), charge]);
  }
  return byCall;
}

/** The smallest UUID of a moment, as the SQL function uuid_floor. */
function floorId(atMs: number): string {
  const hex = Math.max(0, Math.trunc(atMs)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
