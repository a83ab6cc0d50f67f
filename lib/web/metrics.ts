import {
  createMetrics,
  type MetricFamily,
  type Metrics,
  mergeMetrics,
  renderMetrics,
} from '@/lib/infra/metrics';
import { addProcessMetrics } from '@/lib/infra/process-metrics';

const SLOT = Symbol.for('tollbridge.web.metrics');

type Holder = { [SLOT]?: Metrics };

/** The text format's name (Prometheus exposition formats, 0.0.4). */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The metrics of this web process and of others, as one text. */
export function metricsText(
  others: readonly { readonly process: string; readonly families: readonly MetricFamily[] }[],
): string {
  return renderMetrics(
    mergeMetrics([{ process: 'web', families: ownMetrics().snapshot() }, ...others]),
  );
}

/** One registry, however often Next loads this module. */
function ownMetrics(): Metrics {
  const holder = globalThis as Holder;
  holder[SLOT] ??= open();
  return holder[SLOT];
}

function open(): Metrics {
  const metrics = createMetrics();
  metrics.gauge('tollbridge_up', 'Whether a process answers.').set(1);
  addProcessMetrics(metrics);
  return metrics;
}
