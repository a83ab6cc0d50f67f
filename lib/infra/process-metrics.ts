import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from './metrics';

/** How finely the loop's delay is sampled, and over how long the shown figures look back. */
const RESOLUTION_MS = 10;
const WINDOW_MS = 15_000;
const NANOS = 1e9;

/** The last whole window of a running histogram, so that two readers see the same. */
class LoopDelay {
  private readonly running: IntervalHistogram;
  private shown = { p50: 0, p99: 0, max: 0 };

  constructor() {
    this.running = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.running.enable();
    setInterval(() => this.turn(), WINDOW_MS).unref();
  }

  read() {
    const { p50, p99, max } = this.shown;
    return [
      { labels: { quantile: '0.5' }, value: p50 },
      { labels: { quantile: '0.99' }, value: p99 },
      { labels: { quantile: '1' }, value: max },
    ];
  }

  private turn(): void {
    const { running } = this;
    // The timer's own resolution is in every sample.
    const above = (nanos: number): number => Math.max(0, nanos - RESOLUTION_MS * 1e6) / NANOS;
    this.shown = {
      p50: above(running.percentile(50)),
      p99: above(running.percentile(99)),
      max: above(running.max),
    };
    running.reset();
  }
}

/** What every process tells of itself: memory, processor time, and how late its event loop runs. */
export function addProcessMetrics(metrics: Metrics): void {
  const delay = new LoopDelay();
  metrics.observe({
    name: 'tollbridge_event_loop_delay_seconds',
    help: 'How late the event loop ran in the last 15 seconds, by quantile.',
    read: () => delay.read(),
  });
  metrics.observe({
    name: 'tollbridge_process_resident_memory_bytes',
    help: 'Memory of the process.',
    read: () => process.memoryUsage.rss(),
  });
  metrics.observe({
    name: 'tollbridge_process_heap_bytes',
    help: 'JavaScript heap in use.',
    read: () => process.memoryUsage().heapUsed,
  });
  metrics.observe({
    name: 'tollbridge_process_cpu_seconds_total',
    help: 'Processor time, user and system.',
    kind: 'counter',
    read: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  });
  metrics.observe({
    name: 'tollbridge_process_uptime_seconds',
    help: 'Since the process started.',
    read: () => process.uptime(),
  });
}
