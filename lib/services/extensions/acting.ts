import { AppError } from '@/lib/core/errors';
import type { ServiceContext } from '@/lib/services/context';

/** Secrets are never shown to somebody who acts as another (DESIGN, "Act as"). */
export function refuseWhileActing({ actor }: ServiceContext): void {
  if (actor.behindId === null) return;
  throw new AppError('FORBIDDEN', 'Secrets are not shown while you act as somebody else.');
}
