import type { ControlClient } from '@/lib/control/client';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { readBeats } from './read-beats';
import type { SwitchStatus } from './schemas';

/**
 * The vital signs of the switch, as it tells them itself, and whether the worker is alive. Throws
 * UNAVAILABLE while the switch does not answer, TIMEOUT when it is too slow.
 */
export async function getSwitchStatus(
  context: ServiceContext,
  control: ControlClient,
): Promise<SwitchStatus> {
  authorize(context, 'switch.read');
  const { database, clock } = context;
  const [status, beats] = await Promise.all([
    control.send('status', {}),
    readBeats(database, clock.nowMs()),
  ]);
  const { startedAtMs, configurationCheckedAtMs, ...told } = status;
  return {
    ...told,
    startedAt: new Date(startedAtMs).toISOString(),
    configurationCheckedAt:
      configurationCheckedAtMs === null ? null : new Date(configurationCheckedAtMs).toISOString(),
    worker: beats.worker ? 'ok' : 'down',
  };
}
