import type { ControlClient } from '@/lib/control/client';
import { isUuid } from '@/lib/core/ids';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';

/**
 * Takes a phone out of the switch: it can't be rung and what it subscribed to ends, until it
 * registers anew, which it may do at once. (To keep it out: a new secret, or suspend the extension.)
 * NOT_FOUND for what is not in the caller's subtree or is gone already.
 */
export async function evictRegistration(
  context: ServiceContext,
  control: ControlClient,
  registrationId: string,
): Promise<void> {
  authorize(context, 'extensions.write');
  const { actor, database } = context;
  const binding = isUuid(registrationId)
    ? await database.prisma.binding.findFirst({
        where: { id: registrationId, extension: { tenant: { account: inSubtree(actor) } } },
        include: { extension: { select: { tenant: { select: { accountId: true } } } } },
      })
    : null;
  if (binding === null) throw notFound('registration');
  const { extensionId, contactUri, instanceId, regId } = binding;
  const key = { extensionId, contactUri, instanceId, regId };
  await control.send('evictRegistration', { scopePath: actor.accountPath, ...key });
  await database.prisma.$transaction((tx) =>
    recordAudit(tx, context, {
      verb: 'registrations.evict',
      objectKind: 'extension',
      objectId: extensionId,
      accountId: binding.extension.tenant.accountId,
      detail: { contactUri, address: binding.address, userAgent: binding.userAgent },
    }),
  );
}
