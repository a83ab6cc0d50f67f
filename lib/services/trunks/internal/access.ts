import { AppError } from '@/lib/core/errors';
import type { ServiceContext } from '@/lib/services/context';
import type { TrunkKind } from '@/lib/services/trunks/schemas';

/** Whether the one who asks runs the switch. */
export function isOperator({ actor }: ServiceContext): boolean {
  return actor.kind === 'system' || actor.accountKind === 'operator';
}

/** Throws FORBIDDEN where somebody else than the operator touches a trunk to a carrier. */
export function mayTouch(context: ServiceContext, kind: TrunkKind): void {
  if (kind === 'pbx' || isOperator(context)) return;
  throw new AppError('FORBIDDEN', 'Trunks to carriers are the operator’s.');
}
