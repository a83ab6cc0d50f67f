import type { ConfigKind } from '@/lib/core/config-kinds';
import type { ServiceContext } from '@/lib/services/context';
import type { ObservedStatus } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';

/** A switch whose heartbeat is older than this (three missed) does not count as running. */
const NODE_SILENT_MS = 15_000;

/** What running switches have applied, by object. */
export interface Observations {
  /** The status to show for an object of a desired generation. */
  statusOf(objectId: string, generation: bigint): ObservedStatus;
}

/**
 * Reads what the running switches have applied of some objects of one kind. With several nodes
 * an object is as live as on the node that is furthest behind.
 */
export async function readObserved(
  context: Pick<ServiceContext, 'database' | 'clock'>,
  kind: ConfigKind,
  objectIds: readonly string[],
): Promise<Observations> {
  const { prisma } = context.database;
  const nodes = await prisma.node.findMany({
    where: {
      kind: 'switch',
      stoppedAt: null,
      heartbeatAt: { gt: new Date(context.clock.nowMs() - NODE_SILENT_MS) },
    },
    select: { id: true },
  });
  const nodeIds = nodes.map((node) => node.id);
  const rows: Prisma.ConfigObservedGetPayload<object>[] =
    nodeIds.length === 0 || objectIds.length === 0
      ? []
      : await prisma.configObserved.findMany({
          where: { nodeId: { in: nodeIds }, kind, objectId: { in: [...objectIds] } },
        });
  const byObject = new Map<string, typeof rows>();
  for (const row of rows) {
    byObject.set(row.objectId, [...(byObject.get(row.objectId) ?? []), row]);
  }
  return {
    statusOf(objectId, generation) {
      return describe(byObject.get(objectId) ?? [], nodeIds.length, generation);
    },
  };
}

function describe(
  seen: readonly { readonly generation: bigint; readonly observedAt: Date }[],
  nodeCount: number,
  generation: bigint,
): ObservedStatus {
  const everywhere = nodeCount > 0 && seen.length === nodeCount;
  const slowest = seen.reduce<(typeof seen)[number] | null>(
    (worst, one) => (worst === null || one.generation < worst.generation ? one : worst),
    null,
  );
  const observedGeneration = everywhere && slowest ? Number(slowest.generation) : null;
  const lastTransitionTime = slowest?.observedAt.toISOString() ?? null;
  const live = everywhere && slowest !== null && slowest.generation >= generation;
  const [status, reason, message] = live
    ? (['True', 'Observed', 'The switch works with this.'] as const)
    : nodeCount === 0
      ? (['Unknown', 'NoSwitch', 'No switch is running.'] as const)
      : (['False', 'Pending', 'The switch has not taken this over yet.'] as const);
  return {
    observedGeneration,
    conditions: [{ type: 'Live', status, reason, message, lastTransitionTime }],
  };
}
