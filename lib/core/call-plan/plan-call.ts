import { AppError } from '@/lib/core/errors';
import type { CallPlan, CallRequest } from './plan';
import type { Decks, Directory, Limits } from './views';

/** What a plan is made from: all of it in memory, none of it changed. */
export interface PlanContext {
  readonly directory: Directory;
  readonly decks: Decks;
  readonly limits: Limits;
}

/** Who pays, where it goes, by which routes at which prices, or why not; pure. */
export function planCall(context: PlanContext, request: CallRequest, atMs: number): CallPlan {
  throw new AppError('NOT_IMPLEMENTED', `${Object.keys(context)} ${request.dialled} ${atMs}`);
}
