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

/** One line of the text: the suffix of its name, its labels, its value. */
export interface MetricSample {
  readonly suffix: '' | '_bucket' | '_sum' | '_count';
  readonly labels: Labels;
  readonly value: number;
}

/** A metric with all its series; plain JSON, so that processes can hand them to each other. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly MetricSample[];
}

/** Figures that are read when somebody asks: one, or one for each value of a label. */
export interface Observed {
  readonly name: string;
  readonly help: string;
  readonly kind?: 'counter' | 'gauge';
  readonly read: () => number | readonly { readonly labels: Labels; readonly value: number }[];
}

/** A process's figures. */
export interface Metrics {
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string): Gauge;
  /** Figures that somebody counts already, read when asked for. */
  observe(observed: Observed): void;
  /** `buckets` are upper bounds, ascending, without +Inf. */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram;
  snapshot(): readonly MetricFamily[];
}

/** Series a metric may have: a label with unbounded values must not eat the memory. */
const MAX_SERIES = 1_000;

interface Family {
  readonly kind: MetricFamily['kind'];
  readonly help: string;
  samples(): MetricSample[];
}

interface Series<T> {
  readonly labels: Labels;
  readonly state: T;
}

/** The series of a metric, found by their labels in whatever order these are given. */
class SeriesBook<T> {
  private readonly byText = new Map<string, Series<T>>();
  /** By the labels as they are given, which is nearly always in one order: several times a call. */
  private readonly asGiven = new Map<string, Series<T>>();

  of(labels: Labels, make: () => T): T {
    let given = '';
    for (const name in labels) given += `${name}\n${labels[name]}\n`;
    const known = this.asGiven.get(given);
    if (known !== undefined) return known.state;
    const text = labelText(labels);
    const series = this.byText.get(text) ?? { labels, state: make() };
    if (this.byText.size < MAX_SERIES) this.byText.set(text, series);
    if (this.byText.get(text) === series && this.asGiven.size < 2 * MAX_SERIES) {
      this.asGiven.set(given, series);
    }
    return series.state;
  }

  all(): readonly Series<T>[] {
    return [...this.byText.values()];
  }
}

class Numbers implements Family {
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  private readonly series = new SeriesBook<{ value: number }>();

  constructor(kind: 'counter' | 'gauge', help: string) {
    this.kind = kind;
    this.help = help;
  }

  add(labels: Labels = {}, by = 1): void {
    if (by >= 0) this.series.of(labels, () => ({ value: 0 })).value += by;
  }

  set(value: number, labels: Labels = {}): void {
    this.series.of(labels, () => ({ value: 0 })).value = value;
  }

  samples(): MetricSample[] {
    return this.series.all().map(({ labels, state }) => ({
      suffix: '',
      labels,
      value: state.value,
    }));
  }
}

class Live implements Family {
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  private readonly read: Observed['read'];

  constructor({ kind = 'gauge', help, read }: Observed) {
    this.kind = kind;
    this.help = help;
    this.read = read;
  }

  samples(): MetricSample[] {
    const read = this.read();
    const all = typeof read === 'number' ? [{ labels: {}, value: read }] : read;
    return all.slice(0, MAX_SERIES).map(({ labels, value }) => ({ suffix: '', labels, value }));
  }
}

class Distribution implements Family, Histogram {
  readonly kind = 'histogram';
  readonly help: string;
  private readonly bounds: readonly number[];
  private readonly series = new SeriesBook<{ counts: number[]; sum: number; total: number }>();

  constructor(help: string, bounds: readonly number[]) {
    this.help = help;
    this.bounds = bounds;
  }

  observe(value: number, labels: Labels = {}): void {
    const fresh = () => ({ counts: this.bounds.map(() => 0), sum: 0, total: 0 });
    const entry = this.series.of(labels, fresh);
    const slot = this.bounds.findIndex((bound) => value <= bound);
    if (slot >= 0) entry.counts[slot] = (entry.counts[slot] ?? 0) + 1;
    entry.sum += value;
    entry.total += 1;
  }

  samples(): MetricSample[] {
    return this.series.all().flatMap(({ labels, state: { counts, sum, total } }) => {
      let below = 0;
      const buckets: MetricSample[] = this.bounds.map((bound, slot) => {
        below += counts[slot] ?? 0;
        return { suffix: '_bucket', labels: { ...labels, le: String(bound) }, value: below };
      });
      return [
        ...buckets,
        { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: total },
        { suffix: '_sum', labels, value: sum },
        { suffix: '_count', labels, value: total },
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
    observe: (observed) => void register(observed.name, new Live(observed)),
    histogram: (name, help, buckets) => register(name, new Distribution(help, buckets)),
    snapshot: () =>
      [...families].map(([name, family]) => ({
        name,
        help: family.help,
        kind: family.kind,
        samples: family.samples(),
      })),
  };
}

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels)
    // `le` last, where readers look for it.
    .sort(([a], [b]) => Number(a === 'le') - Number(b === 'le') || (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Text as Prometheus reads it (text exposition format 0.0.4). */
export function renderMetrics(families: readonly MetricFamily[]): string {
  const texts = families.map(({ name, help, kind, samples }) =>
    [
      `# HELP ${name} ${escapeHelp(help)}`,
      `# TYPE ${name} ${kind}`,
      ...samples.map(
        ({ suffix, labels, value }) => `${name}${suffix}${labelText(labels)} ${value}`,
      ),
    ].join('\n'),
  );
  return texts.length === 0 ? '' : `${texts.join('\n')}\n`;
}

/** The metrics of several processes as one text's: a family stands once, a label says whose each is. */
export function mergeMetrics(
  processes: readonly { readonly process: string; readonly families: readonly MetricFamily[] }[],
): readonly MetricFamily[] {
  const merged = new Map<string, MetricFamily>();
  for (const { process, families } of processes) {
    for (const family of families) {
      const samples = family.samples.map((sample) => ({
        ...sample,
        labels: { ...sample.labels, process },
      }));
      const first = merged.get(family.name);
      // One name has one kind; what disagrees would make the whole text unreadable.
      if (first !== undefined && first.kind !== family.kind) continue;
      merged.set(family.name, {
        ...(first ?? family),
        samples: [...(first?.samples ?? []), ...samples],
      });
    }
  }
  return [...merged.values()];
}
