import { describe, expect, it } from 'vitest';
import { createMetrics, mergeMetrics, renderMetrics } from '@/lib/infra/metrics';

describe('figures', () => {
  it('are written as Prometheus reads them', () => {
    const metrics = createMetrics();
    const calls = metrics.counter('calls_total', 'Calls by class.');
    calls.add({ class: 'outbound' });
    calls.add({ class: 'outbound' }, 2);
    calls.add({ class: 'a"b\\c\nd' });
    metrics.gauge('legs', 'Legs now.').set(3);
    metrics.observe({ name: 'heap_bytes', help: 'Heap.', read: () => 7 });
    const setup = metrics.histogram('setup_seconds', 'Set-up.', [0.1, 1]);
    for (const value of [0.05, 0.1, 0.5, 5]) setup.observe(value);
    expect(renderMetrics(metrics.snapshot())).toBe(
      [
        '# HELP calls_total Calls by class.',
        '# TYPE calls_total counter',
        'calls_total{class="outbound"} 3',
        'calls_total{class="a\\"b\\\\c\\nd"} 1',
        '# HELP legs Legs now.',
        '# TYPE legs gauge',
        'legs 3',
        '# HELP heap_bytes Heap.',
        '# TYPE heap_bytes gauge',
        'heap_bytes 7',
        '# HELP setup_seconds Set-up.',
        '# TYPE setup_seconds histogram',
        'setup_seconds_bucket{le="0.1"} 2',
        'setup_seconds_bucket{le="1"} 3',
        'setup_seconds_bucket{le="+Inf"} 4',
        'setup_seconds_sum 5.65',
        'setup_seconds_count 4',
        '',
      ].join('\n'),
    );
  });

  it('are bounded, whatever a label is given', () => {
    const metrics = createMetrics();
    const counter = metrics.counter('x_total', 'X.');
    for (let at = 0; at < 5_000; at += 1) counter.add({ who: String(at) });
    expect(renderMetrics(metrics.snapshot()).split('\n').length).toBeLessThan(1_010);
  });

  it('never count down, and have one meaning a name', () => {
    const metrics = createMetrics();
    const counter = metrics.counter('x_total', 'X.');
    counter.add({}, 5);
    counter.add({}, -3);
    expect(renderMetrics(metrics.snapshot())).toContain('x_total 5');
    expect(() => metrics.gauge('x_total', 'Y.')).toThrow();
  });

  it('are read where somebody counts already, by label, as counters where they only grow', () => {
    const metrics = createMetrics();
    metrics.observe({
      name: 'dropped_total',
      help: 'Dropped.',
      kind: 'counter',
      read: () => [
        { labels: { reason: 'banned' }, value: 2 },
        { labels: { reason: 'rate' }, value: 0 },
      ],
    });
    expect(renderMetrics(metrics.snapshot())).toContain(
      '# TYPE dropped_total counter\ndropped_total{reason="banned"} 2\ndropped_total{reason="rate"} 0\n',
    );
  });

  it('of several processes are one text, each family once', () => {
    const of = (value: number) => {
      const metrics = createMetrics();
      metrics.gauge('rss_bytes', 'Memory.').set(value, { kind: 'all' });
      return metrics.snapshot();
    };
    const clash = createMetrics();
    clash.counter('rss_bytes', 'Memory.').add();
    const text = renderMetrics(
      mergeMetrics([
        { process: 'web', families: of(1) },
        { process: 'switch', families: of(2) },
        { process: 'worker', families: clash.snapshot() },
      ]),
    );
    expect(text).toBe(
      [
        '# HELP rss_bytes Memory.',
        '# TYPE rss_bytes gauge',
        'rss_bytes{kind="all",process="web"} 1',
        'rss_bytes{kind="all",process="switch"} 2',
        '',
      ].join('\n'),
    );
  });
});
