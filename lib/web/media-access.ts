import { env } from '@/lib/infra/env';

/** Whether calls can be recorded: only what passes the switch's own relay can be kept. */
export function canRecord(): boolean {
  return env().media === 'relay';
}
