import type { ControlClient } from '@/lib/control/client';
import { assert } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findSubject } from './internal/subjects';
import { type AskedSubject, toWireLimits } from './internal/view';
import type { WireLimits } from './schemas';

/** The limits of one subject of the caller's subtree, and what is used of them. Throws NOT_FOUND. */
export async function getLimits(
  context: ServiceContext,
  control: ControlClient,
  asked: AskedSubject,
): Promise<WireLimits> {
  authorize(context, 'limits.read');
  const subject = await findSubject(context.database.prisma, context, asked);
  const [view] = await toWireLimits(context, control, [subject]);
  assert(view !== undefined, 'a subject has a view');
  return view;
}
