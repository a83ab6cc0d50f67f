import type { SheetRow } from '@/lib/core/sheets/csv';
import { FIELD_NAMES, IGNORED_NAMES, IMPORT_FIELDS, type ImportField, normalized } from './fields';
import type { ImportMapping } from './schemas';
import { readIncrements, readPerMinute, readPrefix } from './values';

/** Headers stand within the first lines; above them a carrier's name and date. */
const HEADER_WITHIN_ROWS = 20;
/** What is billed where a list says nothing of increments. */
const DEFAULT_INCREMENTS = { first: 1, next: 1 };

const exactNames = new Map<string, ImportField>(
  IMPORT_FIELDS.flatMap((field) => FIELD_NAMES[field].map((name) => [name, field] as const)),
);
const ignoredNames = new Set(IGNORED_NAMES);

/** Parts of names, where the whole is not known; none of them where the name speaks of the past. */
const PARTS: readonly (readonly [RegExp, ImportField])[] = [
  [/\b(effective|valid) (from|date)\b|\bstart date\b/, 'validFrom'],
  [/\b(valid|effective) (to|until|till)\b|\bend date\b|\bexpir/, 'validTo'],
  [/\b(connect|connection|setup) (fee|charge|cost)\b/, 'connectFee'],
  [/\bincrement|\bbilling\b/, 'increments'],
  [/\b(rate|price|preis|tarif|prix|precio|prezzo|preco|prijs)\b|\bper minute\b/, 'perMinute'],
  [/\bprefix|\bdial ?code|\bcode\b|vorwahl/, 'prefix'],
  [/\bdestination\b|\bdescription\b/, 'destination'],
];
const PAST = /\b(old|previous|prior|last|current date|change|difference|comment)\b/;

/** What a column is by its name; null where nobody can tell. */
export function fieldOf(heading: string): ImportField | null {
  const name = normalized(heading);
  if (name === '' || ignoredNames.has(name)) return null;
  const known = exactNames.get(name);
  if (known !== undefined) return known;
  const short = name.replace(/\b(usd|eur|gbp|chf|cad|aud|in|the|of|per min)\b/g, '').trim();
  const shorter = exactNames.get(short.replace(/\s+/g, ' '));
  if (shorter !== undefined) return shorter;
  if (PAST.test(name)) return null;
  return PARTS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** The names of a header as one text: two files with the same one are mapped alike. */
export function headerKeyOf(cells: readonly string[]): string {
  return cells.map(normalized).join('|').slice(0, 2_000);
}

/** Which columns a row names; the first of several that claim to be the same. */
function columnsOf(cells: readonly string[]): ImportMapping['columns'] {
  const columns: ImportMapping['columns'] = {};
  for (const [index, cell] of cells.entries()) {
    const field = fieldOf(cell);
    if (field !== null && columns[field] === undefined) columns[field] = index;
  }
  return columns;
}

/** What a file's first rows suggest. */
export interface Guess {
  readonly mapping: ImportMapping;
  /** The row with the names of the columns; null where there is none. */
  readonly header: SheetRow | null;
  /** Prefix and price were found by their names: nobody need look before it begins. */
  readonly isSure: boolean;
}

/** Finds the header and which column is what; without a header, by what the columns hold. */
export function guessMapping(rows: readonly SheetRow[], pricing: 'rates' | 'markup'): Guess {
  const price: ImportField = pricing === 'markup' ? 'markupPercent' : 'perMinute';
  for (const row of rows.slice(0, HEADER_WITHIN_ROWS)) {
    const columns = columnsOf(row.cells);
    if (columns.prefix === undefined || Object.keys(columns).length < 2) continue;
    // A price list's own first row may look like a header: digits are none.
    if (readPrefix(row.cells[columns.prefix] ?? '').ok) continue;
    const mapping = complete({ columns, headerLine: row.line }, rows);
    return { mapping, header: row, isSure: columns[price] !== undefined };
  }
  const mapping = complete({ columns: byContent(rows), headerLine: null }, rows);
  return { mapping, header: null, isSure: false };
}

function complete(
  found: Pick<ImportMapping, 'columns' | 'headerLine'>,
  rows: readonly SheetRow[],
): ImportMapping {
  const dates = [found.columns.validFrom, found.columns.validTo].filter((at) => at !== undefined);
  const cells = rows.flatMap((row) => dates.map((at) => row.cells[at] ?? ''));
  return { ...found, dateOrder: dateOrderOf(cells), defaults: DEFAULT_INCREMENTS };
}

/** Month first only where a day can't be: 12/31/2026. */
function dateOrderOf(cells: readonly string[]): ImportMapping['dateOrder'] {
  const isMonthFirst = cells.some((cell) => {
    const match = /^(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}/.exec(cell.trim());
    return match !== null && Number(match[2]) > 12;
  });
  return isMonthFirst ? 'mdy' : 'dmy';
}

/** The first column of prefixes, the first of decimals after it, the first of words. */
function byContent(rows: readonly SheetRow[]): ImportMapping['columns'] {
  const columns: ImportMapping['columns'] = {};
  const width = Math.max(0, ...rows.map((row) => row.cells.length));
  const mostly = (at: number, holds: (cell: string) => boolean): boolean => {
    const cells = rows.map((row) => row.cells[at] ?? '').filter((cell) => cell.trim() !== '');
    return cells.length > 0 && cells.filter(holds).length * 10 >= cells.length * 8;
  };
  for (let at = 0; at < width; at += 1) {
    if (columns.prefix === undefined && mostly(at, (cell) => readPrefix(cell).ok)) {
      columns.prefix = at;
    } else if (
      columns.perMinute === undefined &&
      mostly(at, (cell) => /[.,]\d/.test(cell) && readPerMinute(cell).ok)
    ) {
      columns.perMinute = at;
    } else if (
      columns.increments === undefined &&
      mostly(at, (cell) => cell.includes('/') && readIncrements(cell).ok)
    ) {
      columns.increments = at;
    } else if (columns.destination === undefined && mostly(at, (cell) => /\p{L}{3}/u.test(cell))) {
      columns.destination = at;
    }
  }
  return columns;
}
