/** A counter, gauge or histogram by its labels; the same labels always name the same series. */
export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  /** Adds `by` (1 unless told); counters never go down. */
  add(labels?: Labels, by?: number): void;
}

export interface Gauge {
  set(value: number, labels?: Labels): void;
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/** A process's figures, as Prometheus reads them (text exposition format 0.0.4). */
export interface Metrics {
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string): Gauge;
  /** A gauge that is read when somebody asks. */
  observe(name: string, help: string, read: () => number): void;
  /** `buckets` are upper bounds, ascending, without +Inf. */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram;
  render(): string;
}

/** Series a metric may have: a label with unbounded values must not eat the memory. */
const MAX_SERIES = 1_000;

interface Family {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  lines(name: string): string[];
}

const escapeText = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${escapeText(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const withLabel = (text: string, pair: string): string =>
  text === '' ? `{${pair}}` : `${text.slice(0, -1)},${pair}}`;

function bounded<T>(series: Map<string, T>, labels: Labels, make: () => T): T {
  const key = labelText(labels);
  const found = series.get(key);
  if (found !== undefined) return found;
  const fresh = make();
  if (series.size < MAX_SERIES) series.set(key, fresh);
  return fresh;
}

class Numbers implements Family {
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  private readonly series = new Map<string, { value: number }>();

  constructor(kind: 'counter' | 'gauge', help: string) {
    this.kind = kind;
    this.help = help;
  }

  add(labels: Labels = {}, by = 1): void {
    if (by >= 0) bounded(this.series, labels, () => ({ value: 0 })).value += by;
  }

  set(value: number, labels: Labels = {}): void {
    bounded(this.series, labels, () => ({ value: 0 })).value = value;
  }

  lines(name: string): string[] {
    return [...this.series].map(([labels, { value }]) => `${name}${labels} ${value}`);
  }
}

class Live implements Family {
  readonly kind = 'gauge';
  readonly help: string;
  private readonly read: () => number;

  constructor(help: string, read: () => number) {
    this.help = help;
    this.read = read;
  }

  lines(name: string): string[] {
    return [`${name} ${this.read()}`];
  }
}

class Distribution implements Family, Histogram {
  readonly kind = 'histogram';
  readonly help: string;
  private readonly bounds: readonly number[];
  private readonly series = new Map<string, { counts: number[]; sum: number; total: number }>();

  constructor(help: string, bounds: readonly number[]) {
    this.help = help;
    this.bounds = bounds;
  }

  observe(value: number, labels: Labels = {}): void {
    const fresh = () => ({ counts: this.bounds.map(() => 0), sum: 0, total: 0 });
    const entry = bounded(this.series, labels, fresh);
    const slot = this.bounds.findIndex((bound) => value <= bound);
    if (slot >= 0) entry.counts[slot] = (entry.counts[slot] ?? 0) + 1;
    entry.sum += value;
    entry.total += 1;
  }

  lines(name: string): string[] {
    return [...this.series].flatMap(([labels, { counts, sum, total }]) => {
      let below = 0;
      const buckets = this.bounds.map((bound, slot) => {
        below += counts[slot] ?? 0;
        return `${name}_bucket${withLabel(labels, `le="${bound}"`)} ${below}`;
      });
      return [
        ...buckets,
        `${name}_bucket${withLabel(labels, 'le="+Inf"')} ${total}`,
        `${name}_sum${labels} ${sum}`,
        `${name}_count${labels} ${total}`,
      ];
    });
  }
}

/** An empty registry; a process has one and hands it down. */
export function createMetrics(): Metrics {
  const families = new Map<string, Family>();
  const register = <T extends Family>(name: string, family: T): T => {
    if (!/^[a-z_][a-z0-9_]*$/.test(name) || families.has(name)) {
      throw new TypeError(`metric ${name} is misnamed or exists already`);
    }
    families.set(name, family);
    return family;
  };
  return {
    counter: (name, help) => register(name, new Numbers('counter', help)),
    gauge: (name, help) => register(name, new Numbers('gauge', help)),
    observe: (name, help, read) => void register(name, new Live(help, read)),
    histogram: (name, help, buckets) => register(name, new Distribution(help, buckets)),
    render() {
      const texts = [...families].map(([name, family]) =>
        [
          `# HELP ${name} ${family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
          `# TYPE ${name} ${family.kind}`,
          ...family.lines(name),
        ].join('\n'),
      );
      return texts.length === 0 ? '' : `${texts.join('\n')}\n`;
    },
  };
}
