'use client';

import { useItem } from '@/lib/client/use-item';
import { type SwitchStatus, switchStatusSchema } from '@/lib/services/health/schemas';

/** Vital signs change without an event. */
const ASK_EVERY_MS = 5_000;

export interface SwitchAnswer {
  /** As it was told last; undefined until the first answer. */
  status: SwitchStatus | undefined;
  /** Why it does not answer now; the figures are then from before. */
  error: Error | null;
}

/** The switch as it tells of itself, asked again and again. */
export function useSwitchStatus(): SwitchAnswer {
  const { data, error } = useItem({
    path: '/switch',
    response: switchStatusSchema,
    refreshEveryMs: ASK_EVERY_MS,
  });
  return { status: data, error };
}
