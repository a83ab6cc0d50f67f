/** What a scrape says, as Prometheus would take it. */
export interface Scrape {
  /** The value of a series; throws where there is not exactly one that has these labels. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
  readonly size: number;
}

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|\}$)/;

/**
 * Reads the text format strictly (Prometheus exposition formats, 0.0.4): a family has one HELP and
 * one TYPE before its series, its series stand together, none stands twice, histograms add up.
 * Throws at the first line that a scraper would stumble over.
 */
export function readPrometheus(text: string): Scrape {
  if (text !== '' && !text.endsWith('\n')) throw new Error('no newline at the end');
  const types = new Map<string, string>();
  const closed = new Set<string>();
  const seen = new Set<string>();
  const all: Series[] = [];
  let family = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (comment) {
      const [, what, name = '', rest = ''] = comment;
      if (what === 'HELP') {
        if (closed.has(name) || name === family) throw new Error(`${name} stands twice`);
        closed.add(family);
        family = name;
      } else {
        if (name !== family) throw new Error(`TYPE of ${name} within ${family}`);
        if (!/^(counter|gauge|histogram)$/.test(rest)) throw new Error(`no type: ${rest}`);
        types.set(name, rest);
      }
      continue;
    }
    const series = readSeries(line);
    const type = types.get(family);
    const suffix = series.name.slice(family.length);
    const isOwn = series.name.startsWith(family) && type !== undefined;
    const isHistogram = type === 'histogram' && /^_(bucket|sum|count)$/.test(suffix);
    if (!isOwn || !(isHistogram || (type !== 'histogram' && suffix === ''))) {
      throw new Error(`${series.name} within ${family}`);
    }
    if (type === 'counter' && !family.endsWith('_total')) throw new Error(`a counter: ${family}`);
    const key = JSON.stringify([series.name, Object.entries(series.labels).sort()]);
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    all.push(series);
  }
  checkHistograms(all);
  return { size: all.length, value: (name, labels = {}) => seriesValue(all, name, labels) };
}

function readSeries(line: string): Series {
  const name = NAME.exec(line)?.[0];
  if (name === undefined) throw new Error(`no series: ${line}`);
  const space = line.lastIndexOf(' ');
  let rest = line.slice(name.length, space);
  const labels: Record<string, string> = {};
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    while (rest !== '') {
      const found = LABEL.exec(rest);
      if (!found) throw new Error(`labels: ${line}`);
      const [whole, key = '', text = ''] = found;
      if (Object.hasOwn(labels, key)) throw new Error(`a label twice: ${line}`);
      labels[key] = text.replace(/\\(.)/g, (_all, char) => (char === 'n' ? '\n' : char));
      rest = rest.slice(whole.length);
    }
  } else if (rest !== '') throw new Error(`no series: ${line}`);
  const value = Number(line.slice(space + 1));
  if (line.slice(space + 1) === '' || Number.isNaN(value)) throw new Error(`no value: ${line}`);
  return { name, labels, value };
}

/** Buckets only grow, and the last is the count. */
function checkHistograms(all: readonly Series[]): void {
  const last = new Map<string, number>();
  for (const { name, labels, value } of all) {
    if (!name.endsWith('_bucket')) continue;
    const { le: _, ...rest } = labels;
    const key = JSON.stringify([name, rest]);
    if (value < (last.get(key) ?? 0)) throw new Error(`${name} shrinks`);
    last.set(key, value);
    if (labels['le'] === '+Inf') {
      const count = seriesValue(all, name.replace(/_bucket$/, '_count'), rest);
      if (count !== value) throw new Error(`${name} does not add up`);
    }
  }
}

function seriesValue(
  all: readonly Series[],
  name: string,
  labels: Readonly<Record<string, string>>,
): number {
  const wanted = Object.entries(labels);
  const found = all.filter(
    (series) => series.name === name && wanted.every(([key, text]) => series.labels[key] === text),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${found.length} series of ${name} ${JSON.stringify(labels)}`);
  }
  return only.value;
}
