import { assert } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findExtension } from './internal/find';
import { toWireExtensions } from './internal/view';
import type { WireExtension } from './schemas';

/** One extension with its registrations and what the switch has applied of it. */
export async function getExtension(
  context: ServiceContext,
  extensionId: string,
): Promise<WireExtension> {
  authorize(context, 'extensions.read');
  const row = await findExtension(context.database.prisma, context, extensionId);
  const [view] = await toWireExtensions(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
