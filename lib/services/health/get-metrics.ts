import type { ControlClient } from '@/lib/control/client';
import { isAppError } from '@/lib/core/errors';
import { createMetrics, type MetricFamily } from '@/lib/infra/metrics';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { readBeats } from './read-beats';

/** The metrics of the product beside those of the process that is asked, by process. */
export interface ProductMetrics {
  readonly process: 'switch' | 'database';
  readonly families: readonly MetricFamily[];
}

/**
 * What the switch tells of itself, and what only the database knows: holds, what waits to be
 * delivered, whether the worker lives. A switch that does not answer is told as such, not as an
 * error: that is when somebody looks.
 */
export async function getMetrics(
  context: ServiceContext,
  control: ControlClient,
): Promise<readonly ProductMetrics[]> {
  authorize(context, 'switch.read');
  const [phone, house] = await Promise.all([askSwitch(control), readDatabase(context)]);
  const up = createMetrics();
  up.gauge('tollbridge_up', 'Whether a process answers.').set(phone === null ? 0 : 1);
  return [
    { process: 'switch', families: [...up.snapshot(), ...(phone ?? [])] },
    { process: 'database', families: house },
  ];
}

async function askSwitch(control: ControlClient): Promise<readonly MetricFamily[] | null> {
  try {
    return (await control.send('metrics', {})).families;
  } catch (error) {
    if (isAppError(error) && (error.code === 'UNAVAILABLE' || error.code === 'TIMEOUT'))
      return null;
    throw error;
  }
}

async function readDatabase({ database, clock }: ServiceContext): Promise<readonly MetricFamily[]> {
  const [{ rows }, beats] = await Promise.all([
    database.pool.query<{ holds: number; calls: number; outbox: number }>(
      `SELECT (SELECT count(*) FROM hold WHERE state = 'open')::int AS holds,
              (SELECT count(*) FROM live_call)::int AS calls,
              (SELECT count(*) FROM outbox_message WHERE delivered_at IS NULL)::int AS outbox`,
    ),
    readBeats(database, clock.nowMs()),
  ]);
  const metrics = createMetrics();
  const gauge = (name: string, help: string, value: number): void =>
    metrics.gauge(`tollbridge_${name}`, help).set(value);
  gauge('holds_open', 'Reservations on wallets.', rows[0]?.holds ?? 0);
  gauge(
    'live_calls_recorded',
    'Calls in progress as the database knows them.',
    rows[0]?.calls ?? 0,
  );
  gauge('outbox_waiting', 'Events that wait to be delivered.', rows[0]?.outbox ?? 0);
  gauge('worker_up', 'Whether a worker gave a sign of life lately.', beats.worker ? 1 : 0);
  return metrics.snapshot();
}
