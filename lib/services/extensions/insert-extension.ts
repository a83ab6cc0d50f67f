import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import type { ServiceContext } from '@/lib/services/context';
import { type ExtensionRow, extensionInclude } from './internal/view';
import { checkNumber, checkSecret, nextFreeNumber } from './rules';
import { newExtensionSecret, sealExtensionSecret } from './secret';

export interface NewExtension {
  readonly tenantId: string;
  /** null: the lowest free one. */
  readonly number: string | null;
  readonly name: string;
  /** null: generated. */
  readonly secret: string | null;
  readonly callerNumberId: string | null;
  readonly subscriptionId: string | null;
}

/**
 * Creates an extension inside another verb's transaction (creating one, ordering a plan). The
 * tenant's row is locked, so that two requests never pick the same free number. Throws
 * INVALID_INPUT and CONFLICT; a taken number shows as a broken unique constraint.
 */
export async function insertExtension(
  tx: Tx,
  context: Pick<ServiceContext, 'sealer' | 'clock'>,
  wanted: NewExtension,
): Promise<ExtensionRow> {
  await tx.$queryRaw`SELECT 1 FROM tenant WHERE id = ${wanted.tenantId}::uuid FOR UPDATE`;
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: wanted.tenantId } });
  let number = wanted.number;
  if (number === null) {
    const taken = await tx.extension.findMany({
      where: { tenantId: tenant.id },
      select: { number: true },
    });
    number = nextFreeNumber(new Set(taken.map((one) => one.number)), tenant.country);
  }
  checkNumber(number, tenant.country);
  const secret = wanted.secret ?? newExtensionSecret();
  checkSecret(secret, { number, name: wanted.name });
  const now = context.clock.nowMs();
  const id = newId(now);
  return await tx.extension.create({
    data: {
      id,
      tenantId: tenant.id,
      number,
      name: wanted.name,
      secretSealed: sealExtensionSecret(
        context.sealer,
        { id, number, domain: tenant.domain },
        secret,
      ),
      secretSetAt: new Date(now),
      callerNumberId: wanted.callerNumberId,
      subscriptionId: wanted.subscriptionId,
    },
    include: extensionInclude,
  });
}
