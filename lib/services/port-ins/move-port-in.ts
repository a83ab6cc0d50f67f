import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { requireEmergencyRoute } from '@/lib/services/emergency/require-emergency-route';
import { completePort, expectPort, forgetPort } from '@/lib/services/numbers/ported';
import { emitEvent } from '@/lib/services/outbox/emit-event';
import { parseInput } from '@/lib/services/parse';
import { getPortIn } from './get-port-in';
import { addNote } from './internal/add-note';
import { findPortIn, type PortInRow, sideOf } from './internal/view';
import { checkPortInMove, holdsNumbers } from './rules';
import { type MovePortInInput, movePortInSchema, type WirePortIn } from './schemas';

const DAY_MS = 86_400_000;

/**
 * Moves a request along the table of moves, by whichever side the caller sits on; both see what was
 * said. Accepted, its numbers stand in the inventory as coming in; done, they go into service, and
 * are charged from then on; called off or refused, they are gone again.
 *
 * Throws CONFLICT for a move that there is not, for a number that is somebody's already, and where
 * letter or date are missing; NO_EMERGENCY_ROUTE; INSUFFICIENT_FUNDS when it is done.
 */
export async function movePortIn(
  context: ServiceContext,
  portInId: string,
  input: MovePortInInput,
): Promise<WirePortIn> {
  authorize(context, 'portIns.write');
  const { to, note, scheduledOn } = parseInput(movePortInSchema, input);
  await context.database.prisma.$transaction(
    async (tx) => {
      const row = await findPortIn(tx, context, portInId);
      const side = sideOf(context);
      checkPortInMove(row.state, { to, note, scheduledOn }, side);
      if (to === 'submitted') await requireComplete(tx, context, row);
      if (to === 'accepted' && !holdsNumbers(row.state)) await expectPort(tx, context, row);
      if (to === 'done') await completePort(tx, context, row);
      if (holdsNumbers(row.state) && !holdsNumbers(to) && to !== 'done') {
        await forgetPort(tx, context, row);
      }
      await tx.portIn.update({
        where: { id: row.id },
        data: { state: to, ...(scheduledOn ? { scheduledOn: new Date(scheduledOn) } : {}) },
      });
      await addNote(tx, context, { portInId: row.id, state: to, text: note });
      await recordAudit(tx, context, {
        verb: 'portIns.move',
        objectKind: 'port_in',
        objectId: row.id,
        accountId: row.accountId,
        detail: { from: row.state, to, scheduledOn: scheduledOn ?? null },
      });
      const payload = { id: row.id, accountId: row.accountId, from: row.state, to };
      await emitEvent(tx, context, { topic: 'portIn.changed', accountId: row.accountId, payload });
    },
    { timeout: 60_000 },
  );
  return await getPortIn(context, portInId);
}

async function requireComplete(tx: Tx, { clock }: ServiceContext, row: PortInRow): Promise<void> {
  if (row.letterName === null) {
    throw new AppError('CONFLICT', 'Add the signed letter of authorisation first.');
  }
  const tomorrow = new Date(clock.nowMs() + DAY_MS).toISOString().slice(0, 10);
  if (row.wishedOn.toISOString().slice(0, 10) < tomorrow) {
    throw new AppError('INVALID_INPUT', 'wishedOn: must be tomorrow or later');
  }
  await requireEmergencyRoute(tx, row.country);
}
