import { randomBytes } from 'node:crypto';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { newExtensionSecret } from '@/lib/services/extensions/secret';
import { parseInput } from '@/lib/services/parse';
import { getTrunk } from './get-trunk';
import { isOperator, mayTouch } from './internal/access';
import { refuseOverlap } from './internal/overlap';
import { columnsOf } from './internal/settings';
import { checkParts, refuseOperatorSettings } from './rules';
import {
  type CreateTrunkData,
  type CreateTrunkInput,
  createTrunkSchema,
  type WireTrunk,
} from './schemas';

/**
 * Adds a SIP connection: to a carrier (the operator's business), or to a tenant's PBX, which gets
 * a user name to register with unless it is known by an address. Throws CONFLICT for a taken name
 * and for an overlap.
 */
export async function createTrunk(
  context: ServiceContext,
  input: CreateTrunkInput,
): Promise<WireTrunk> {
  authorize(context, 'trunks.write');
  const data = parseInput(createTrunkSchema, input);
  mayTouch(context, data.kind);
  if (!isOperator(context)) refuseOperatorSettings(data);
  const { carrierId, tenantId, kind, ...settings } = data;
  const id = newId(context.clock.nowMs());
  const columns = { ...columnsOf(settings, id, context.sealer), ...credentialsOf(data) };
  const match = {
    address: columns.address ?? null,
    port: data.port ?? null,
    transport: data.transport ?? null,
  };
  const username = columns.username ?? null;
  const hasSecret = kind === 'pbx' ? username !== null : data.secret !== undefined;
  checkParts(kind, { ...match, host: data.host ?? null, username, hasSecret });
  await refuseConflicts({ taken: `There is a trunk "${data.name}" already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const place = await placeOf(tx, context, data);
      await refuseOverlap(tx, match, { id: null, accountId: place.accountId });
      const secret =
        kind === 'pbx' && username !== null
          ? columnsOf({ secret: newExtensionSecret() }, id, context.sealer)
          : {};
      await tx.trunk.create({
        data: { id, kind, ...place, ...columns, ...match, ...secret, name: data.name },
      });
      await recordAudit(tx, context, {
        verb: 'trunks.create',
        objectKind: 'trunk',
        objectId: id,
        accountId: place.accountId,
        detail: { kind, carrierId: place.carrierId, tenantId: place.tenantId, ...match },
      });
    }),
  );
  return await getTrunk(context, id);
}

/** Unlike any extension's number: both live in one tenant and one realm. */
const PBX_PREFIX = 'pbx-';

/** A PBX that is not known by an address registers under a name of ours. */
function credentialsOf(data: CreateTrunkData): { readonly username?: string } {
  if (data.kind !== 'pbx' || data.address) return {};
  return { username: `${PBX_PREFIX}${randomBytes(5).toString('hex')}` };
}

interface Place {
  readonly accountId: string;
  readonly carrierId: string | null;
  readonly tenantId: string | null;
}

async function placeOf(tx: Tx, context: ServiceContext, data: CreateTrunkData): Promise<Place> {
  const account = inSubtree(context.actor);
  if (data.kind === 'pbx') {
    if (data.tenantId === undefined) throw needed('tenantId', 'whose PBX it is');
    const tenant = await tx.tenant.findFirst({ where: { id: data.tenantId, account } });
    if (tenant === null) throw notFound('tenant');
    return { accountId: tenant.accountId, carrierId: null, tenantId: tenant.id };
  }
  if (data.carrierId === undefined) throw needed('carrierId', 'whose trunk it is');
  const carrier = await tx.carrier.findFirst({ where: { id: data.carrierId, account } });
  if (carrier === null) throw notFound('carrier');
  return { accountId: carrier.accountId, carrierId: carrier.id, tenantId: null };
}

function needed(path: string, what: string): AppError {
  const message = `It must be said ${what}.`;
  return new AppError('INVALID_INPUT', message, { meta: { issues: [{ path, message }] } });
}
