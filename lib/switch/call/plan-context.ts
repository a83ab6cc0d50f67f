import type { PlanContext } from '@/lib/core/call-plan/views';
import type { CallEnvironment } from './environment';

/** What a call of this switch is planned from. */
export function planContext({ directory, decks, usage, draw }: CallEnvironment): PlanContext {
  return { directory, decks, limits: usage, ...(draw === undefined ? {} : { draw }) };
}
