import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findImport, toWireImport } from './internal/view';
import type { WireImport } from './schemas';

/** An import: how far it is, or what it became. */
export async function getImport(context: ServiceContext, importId: string): Promise<WireImport> {
  authorize(context, 'decks.read');
  return toWireImport(await findImport(context.database.prisma, context, importId));
}
