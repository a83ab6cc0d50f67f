import { type Observations, readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { WireBinding, WireExtension } from '@/lib/services/extensions/schemas';
import type { Prisma } from '@/prisma/generated/client';

/** What every view of an extension is made from. */
export const extensionInclude = {
  tenant: { select: { accountId: true, domain: true, country: true } },
  callerNumber: { select: { id: true, e164: true } },
  user: { select: { id: true, name: true } },
  numbers: { select: { id: true, e164: true }, orderBy: { e164: 'asc' } },
  bindings: { orderBy: { registeredAt: 'asc' } },
} satisfies Prisma.ExtensionInclude;

export type ExtensionRow = Prisma.ExtensionGetPayload<{ include: typeof extensionInclude }>;

function toWireBinding(row: ExtensionRow['bindings'][number]): WireBinding {
  const { id, contactUri, userAgent, address, port, transport } = row;
  return {
    id,
    contactUri,
    userAgent,
    address,
    port,
    transport,
    registeredAt: row.registeredAt.toISOString(),
    refreshedAt: row.refreshedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}

/** An extension as the API shows it; never its secret. */
export function toWireExtension(
  row: ExtensionRow,
  observed: Observations,
  nowMs: number,
): WireExtension {
  const bindings = row.bindings.filter((binding) => binding.expiresAt.getTime() > nowMs);
  return {
    id: row.id,
    accountId: row.tenant.accountId,
    tenantId: row.tenantId,
    domain: row.tenant.domain,
    number: row.number,
    name: row.name,
    state: row.status,
    callerNumber: row.callerNumber,
    user: row.user,
    numbers: row.numbers,
    forwarding: {
      always: row.forwardAlways,
      busy: row.forwardBusy,
      noAnswer: row.forwardNoAnswer,
      unreachable: row.forwardUnreachable,
      noAnswerSeconds: row.forwardNoAnswerSeconds,
    },
    mediaSecurity: row.mediaSecurity,
    recording: row.recording,
    subscriptionId: row.subscriptionId,
    secret: {
      setAt: row.secretSetAt.toISOString(),
      revealedAt: row.revealedAt?.toISOString() ?? null,
    },
    registration: { registered: bindings.length > 0, bindings: bindings.map(toWireBinding) },
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  };
}

/** Views of rows that were just read, with what the switch has applied of them. */
export async function toWireExtensions(
  context: ServiceContext,
  rows: readonly ExtensionRow[],
): Promise<readonly WireExtension[]> {
  const observed = await readObserved(
    context,
    'extension',
    rows.map((row) => row.id),
  );
  return rows.map((row) => toWireExtension(row, observed, context.clock.nowMs()));
}
