import type { ControlClient } from '@/lib/control/client';
import { isAppError } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { getCall } from '@/lib/services/calls/get-call';
import type { WireCallDetail, WireCallLink } from '@/lib/services/calls/schemas';
import type { ServiceContext } from '@/lib/services/context';
import { askSwitch, linksWithTrace, readKept, type TraceParts } from './internal/read';
import { nameLegs, toWireMessages } from './internal/view';
import type { WireTrace } from './schemas';
import type { TraceMessage } from './types';

/**
 * The signalling of a call: kept, or as the switch has it while the call goes on. It is its own
 * account's and the operator's; a seller above reads none of it. Throws NOT_FOUND for a call that
 * is not the caller's to see; one without anything kept has the state "none".
 */
export async function getTrace(
  context: ServiceContext,
  control: ControlClient,
  callId: string,
): Promise<WireTrace> {
  const { links, ...parts } = await findTrace(context, control, callId);
  return {
    callId,
    state: parts.state,
    capture: await captureOf(context, parts.tenantIds),
    expiresAt: parts.expiresAt?.toISOString() ?? null,
    isTruncated: parts.isTruncated,
    legs: await nameLegs(context, parts),
    messages: toWireMessages(parts.messages),
    links: [...(await linksWithTrace(context, links))],
  };
}

/** The messages of a call that the caller may read, as they are. Throws as `getTrace`. */
export async function readTraceMessages(
  context: ServiceContext,
  control: ControlClient,
  callId: string,
): Promise<readonly TraceMessage[]> {
  const { messages } = await findTrace(context, control, callId);
  if (messages.length === 0) throw notFound('trace');
  return messages;
}

interface FoundTrace extends TraceParts {
  /** Every call that this one is linked with, as far as the caller may see it. */
  readonly links: readonly WireCallLink[];
}

async function findTrace(
  context: ServiceContext,
  control: ControlClient,
  callId: string,
): Promise<FoundTrace> {
  authorize(context, 'calls.trace');
  if (!isUuid(callId)) throw notFound('call');
  const ended = await endedCall(context, callId);
  const links = ended?.links ?? [];
  const kept = ended === null ? null : await readKept(context, callId);
  if (kept !== null && kept.messages.length > 0) return { ...kept, links };
  try {
    const live = await askSwitch(context, control, callId);
    if (live !== null && kept === null) return { ...live, links };
    // Its end is written, its signalling not yet.
    if (live !== null && kept !== null && live.messages.length > 0) {
      return { ...live, tenantIds: kept.tenantIds, legs: kept.legs, links };
    }
  } catch (error) {
    // Without the switch a call that is over is still a call without a trace.
    if (kept === null) throw error;
  }
  if (kept === null) throw notFound('call');
  return { ...kept, links };
}

/** A call that is over, where it is the caller's to see. */
async function endedCall(
  context: ServiceContext,
  callId: string,
): Promise<Pick<WireCallDetail, 'links'> | null> {
  try {
    return await getCall(context, callId);
  } catch (error) {
    if (isAppError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** The setting of the first of these tenants that is the caller's. */
async function captureOf(
  { database: { prisma }, actor }: ServiceContext,
  tenantIds: readonly string[],
): Promise<WireTrace['capture']> {
  const tenants = await prisma.tenant.findMany({
    where: { id: { in: [...tenantIds] }, account: inSubtree(actor) },
  });
  const first = tenantIds.flatMap((id) => tenants.find((one) => one.id === id) ?? [])[0];
  if (first === undefined) return null;
  return { tenantId: first.id, enabled: first.capture, retentionDays: first.captureDays };
}
