import type { Clock } from '@/lib/core/clock';
import type { ServicesDatabase } from '@/lib/services/database';
import { emitEvent } from '@/lib/services/outbox/emit-event';

/** A call for help that the switch has just begun. */
export interface StartedEmergencyCall {
  readonly callId: string;
  readonly accountId: string;
  readonly tenantId: string;
  readonly extensionId: string | null;
  /** The PBX that called, in place of an extension. */
  readonly trunkId: string | null;
  readonly digits: string;
  readonly shownNumber: string | null;
  readonly locationId: string | null;
  readonly startedAtMs: number;
  readonly callbackUntilMs: number;
}

/**
 * Writes down a call for help with the place as it is now, and tells whoever subscribed to it in the
 * account and above: the tenant's contact stands in the message. Once a call, however often.
 */
export async function recordEmergencyCall(
  { database, clock }: { readonly database: ServicesDatabase; readonly clock: Clock },
  call: StartedEmergencyCall,
): Promise<void> {
  const { callId, accountId, tenantId, extensionId, trunkId, digits, shownNumber, locationId } =
    call;
  await database.prisma.$transaction(async (tx) => {
    if (await tx.emergencyCall.findUnique({ where: { id: callId }, select: { id: true } })) return;
    const place =
      locationId === null
        ? null
        : await tx.emergencyLocation.findUnique({ where: { id: locationId } });
    const location = place && {
      name: place.name,
      country: place.country,
      street: place.street,
      houseNumber: place.houseNumber,
      unit: place.unit,
      city: place.city,
      region: place.region,
      postalCode: place.postalCode,
    };
    const startedAt = new Date(call.startedAtMs);
    await tx.emergencyCall.create({
      data: {
        id: callId,
        ...{
          accountId,
          tenantId,
          extensionId,
          trunkId,
          digits,
          shownNumber,
          locationId,
          startedAt,
        },
        ...(location ? { location } : {}),
        callbackUntil: new Date(call.callbackUntilMs),
      },
    });
    await emitEvent(
      tx,
      { clock },
      {
        topic: 'emergency.called',
        accountId,
        payload: {
          ...{ callId, accountId, tenantId, extensionId, digits, shownNumber, location },
          contact: place?.contact ?? '',
          startedAt: startedAt.toISOString(),
        },
      },
    );
  });
}

/** A number that rings through to whoever called for help, a phone or a PBX, until some moment. */
export interface OpenCallback {
  readonly e164: string;
  readonly tenantId: string;
  readonly extensionId: string | null;
  readonly trunkId: string | null;
  readonly untilMs: number;
}

/** Numbers that still ring through: what a switch that starts anew has to know, oldest first. */
export async function loadOpenCallbacks(
  { prisma }: ServicesDatabase,
  nowMs: number,
): Promise<readonly OpenCallback[]> {
  const rows = await prisma.emergencyCall.findMany({
    where: {
      callbackUntil: { gt: new Date(nowMs) },
      shownNumber: { not: null },
      OR: [{ extensionId: { not: null } }, { trunkId: { not: null } }],
    },
    orderBy: { id: 'asc' },
  });
  return rows.flatMap(({ shownNumber, extensionId, trunkId, tenantId, callbackUntil }) =>
    shownNumber === null
      ? []
      : [{ e164: shownNumber, extensionId, trunkId, tenantId, untilMs: callbackUntil.getTime() }],
  );
}
