import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findSound, toWireSound } from './internal/view';
import type { WireSound } from './schemas';

/** One sound of the caller's subtree. */
export async function getSound(context: ServiceContext, soundId: string): Promise<WireSound> {
  authorize(context, 'sounds.read');
  return toWireSound(await findSound(context.database.prisma, context, soundId));
}
