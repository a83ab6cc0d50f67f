import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import type { Prisma } from '@/prisma/generated/client';
import { type SetTenantSoundsInput, setTenantSoundsSchema, type WireTenantSounds } from './schemas';

/** What of ours a tenant's phones and those whom they hold hear. */
export async function getTenantSounds(
  context: ServiceContext,
  tenantId: string,
): Promise<WireTenantSounds> {
  authorize(context, 'sounds.read');
  return viewOf(await findTenant(context.database.prisma, context, tenantId));
}

/** Changes that; what is left out stays. The music is one of the tenant's own account. */
export async function setTenantSounds(
  context: ServiceContext,
  tenantId: string,
  input: SetTenantSoundsInput,
): Promise<WireTenantSounds> {
  authorize(context, 'sounds.write');
  const { announceRefusals, holdMusic, holdSoundId } = parseInput(setTenantSoundsSchema, input);
  return await context.database.prisma.$transaction(async (tx) => {
    const tenant = await findTenant(tx, context, tenantId);
    if (holdSoundId) await checkMusic(tx, holdSoundId, tenant.accountId);
    const changes = {
      ...(announceRefusals === undefined ? {} : { announceRefusals }),
      ...(holdMusic === undefined ? {} : { holdMusic }),
      ...(holdSoundId === undefined ? {} : { holdSoundId }),
    };
    const changed = await tx.tenant.update({ where: { id: tenant.id }, data: changes });
    await recordAudit(tx, context, {
      verb: 'tenants.sounds',
      objectKind: 'tenant',
      objectId: tenant.id,
      accountId: tenant.accountId,
      detail: changes,
    });
    return viewOf(changed);
  });
}

type TenantRow = Prisma.TenantGetPayload<object>;

async function findTenant(tx: Tx, { actor }: ServiceContext, tenantId: string): Promise<TenantRow> {
  const row = isUuid(tenantId)
    ? await tx.tenant.findFirst({ where: { id: tenantId, account: inSubtree(actor) } })
    : null;
  if (row === null) throw notFound('tenant');
  return row;
}

async function checkMusic(tx: Tx, soundId: string, accountId: string): Promise<void> {
  const sound = await tx.sound.findFirst({ where: { id: soundId, accountId, kind: 'music' } });
  if (sound === null) throw notFound('sound');
}

function viewOf({ announceRefusals, holdMusic, holdSoundId }: TenantRow): WireTenantSounds {
  return { announceRefusals, holdMusic, holdSoundId };
}
