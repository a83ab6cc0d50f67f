import { isUuid } from '@/lib/core/ids';
import { authorize, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { portInInclude, toWirePortIn, visiblePortIns } from './internal/view';
import type { WirePortIn } from './schemas';

/** One port-in that the caller may see, with what both sides said. */
export async function getPortIn(context: ServiceContext, portInId: string): Promise<WirePortIn> {
  authorize(context, 'portIns.read');
  const { prisma } = context.database;
  const row = isUuid(portInId)
    ? await prisma.portIn.findFirst({
        where: { id: portInId, AND: [visiblePortIns(context)] },
        include: portInInclude,
      })
    : null;
  if (row === null) throw notFound('port-in');
  return await toWirePortIn(prisma, context, row);
}
