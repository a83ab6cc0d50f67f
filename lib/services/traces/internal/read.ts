import type { ControlClient } from '@/lib/control/client';
import { isAppError } from '@/lib/core/errors';
import type { WireCallLink } from '@/lib/services/calls/schemas';
import type { ServiceContext } from '@/lib/services/context';
import type { WireTrace } from '@/lib/services/traces/schemas';
import type { TraceMessage } from '@/lib/services/traces/types';
import { unpackMessages } from './pack';

/** Which extension or trunk a leg is of. */
export interface TraceLegRef {
  readonly seq: number;
  readonly extensionId: string | null;
  readonly trunkId: string | null;
}

/** A trace as far as its reader may see it. */
export interface TraceParts {
  readonly state: WireTrace['state'];
  /** The call's own tenant, then the one that was called. */
  readonly tenantIds: readonly string[];
  readonly expiresAt: Date | null;
  readonly isTruncated: boolean;
  readonly legs: readonly TraceLegRef[];
  readonly messages: readonly TraceMessage[];
}

/** The operator reads every leg; an account those of its own phones and trunks. */
function readsAll({ actor }: ServiceContext): boolean {
  return actor.kind === 'system' || actor.accountKind === 'operator';
}

function visible(
  context: ServiceContext,
  messages: readonly TraceMessage[],
): readonly TraceMessage[] {
  const readable = readsAll(context)
    ? [...messages]
    : messages.filter((message) => !message.isCarrier);
  return readable.sort((one, other) => one.atMs - other.atMs);
}

/** What is kept of a call that is over and the caller's to see. */
export async function readKept(context: ServiceContext, callId: string): Promise<TraceParts> {
  const { prisma } = context.database;
  const accountId = context.actor.accountId;
  const [call, legs, rows] = await Promise.all([
    prisma.call.findFirst({
      where: { id: callId },
      select: { tenantId: true, peerTenantId: true },
    }),
    prisma.leg.findMany({
      where: { callId },
      select: { seq: true, extensionId: true, trunkId: true },
      orderBy: { seq: 'asc' },
    }),
    prisma.callTrace.findMany({
      where: {
        callId,
        expiresAt: { gt: new Date(context.clock.nowMs()) },
        ...(readsAll(context) ? {} : { accountId }),
      },
    }),
  ]);
  const messages = await Promise.all(rows.map((row) => unpackMessages(row.content)));
  const readable = visible(context, messages.flat());
  return {
    state: readable.length > 0 ? 'complete' : 'none',
    tenantIds: [call?.tenantId, call?.peerTenantId].flatMap((id) => id ?? []),
    expiresAt: rows[0]?.expiresAt ?? null,
    isTruncated: rows.some((row) => row.truncated),
    legs,
    messages: readable,
  };
}

/** Of the links of a call those to calls whose signalling is kept for the caller, too. */
export async function linksWithTrace(
  context: ServiceContext,
  links: readonly WireCallLink[],
): Promise<readonly WireCallLink[]> {
  if (links.length === 0) return [];
  const kept = await context.database.prisma.callTrace.findMany({
    where: {
      callId: { in: links.map((link) => link.callId) },
      expiresAt: { gt: new Date(context.clock.nowMs()) },
      ...(readsAll(context) ? {} : { accountId: context.actor.accountId }),
    },
    select: { callId: true },
  });
  const ids = new Set(kept.map((row) => row.callId));
  return links.filter((link) => ids.has(link.callId));
}

/** What the switch has of a call now; null where it knows of none that the caller may see. */
export async function askSwitch(
  context: ServiceContext,
  control: ControlClient,
  callId: string,
): Promise<TraceParts | null> {
  const { accountPath: scopePath, accountId } = context.actor;
  try {
    const told = await control.send('trace', {
      scopePath,
      callId,
      accountId: readsAll(context) ? null : accountId,
    });
    return {
      state: told.isLive ? 'live' : 'complete',
      tenantIds: told.tenantIds,
      expiresAt: null,
      isTruncated: told.isTruncated,
      legs: told.legs,
      messages: visible(context, told.messages),
    };
  } catch (error) {
    if (isAppError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
