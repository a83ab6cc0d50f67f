import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** The table of musts and attacks: each with the tests that hold it. */
const TABLE = readFileSync('tests/clauses.md', 'utf8');
const GROUPS = [
  'Parser',
  'Transactions',
  'CANCEL',
  'ACK, forks and dialogs',
  'Loops',
  'Registrar',
  'Digest',
  'SDP',
  'NAT and DNS',
  'Session timers, PRACK, UPDATE',
  'Identity',
  'Trunks',
  'Transfer and events',
  'WebSocket',
  'RTP',
  'Attacks',
  'Fifteen things that users of such servers ask about',
];

/** What stands in the place of a test where the media engine does not do it yet … */
const WITH_MEDIA = 'with media (later issue)';
/** … which is so for these clauses and no others. */
const WAITING = ['ICE-lite and rtcp-mux for browsers', 'Slow ICE'];

interface Holder {
  readonly file: string;
  readonly name: string;
}

interface Clause {
  readonly text: string;
  readonly isWaiting: boolean;
  readonly holders: readonly Holder[];
}

function readHolder(text: string): Holder {
  const [, file, name] = /^`([^`]+)` › (.+)$/.exec(text.trim()) ?? [];
  if (file === undefined || name === undefined) throw new Error(`no test is named by "${text}"`);
  return { file, name: name.replaceAll('&#124;', '|') };
}

function readClauses(): readonly Clause[] {
  const rows = TABLE.split('\n').filter((line) => /^\| (?!Clause|---)/.test(line));
  return rows.map((row) => {
    const [, text = '', cell = ''] = row.split('|').map((each) => each.trim());
    const isWaiting = cell === WITH_MEDIA;
    const holders = cell === '' || isWaiting ? [] : cell.split('<br>').map(readHolder);
    return { text, isWaiting, holders };
  });
}

const clauses = readClauses();

/** Whether a file has a test, or a row of a test's table, of that title. */
function hasTitle(file: string, title: string): boolean {
  const full = path.join('tests', file);
  if (!existsSync(full)) return false;
  const source = readFileSync(full, 'utf8');
  return [`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted));
}

test('the table tells of every matter, no clause twice', () => {
  const titles = [...TABLE.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
  expect(titles).toEqual(GROUPS);
  expect(clauses.length).toBeGreaterThan(150);
  const texts = clauses.map(({ text }) => text);
  expect(texts.filter((text, index) => text === '' || texts.indexOf(text) !== index)).toEqual([]);
});

test('every clause is held by a test; those that wait for media are known by name', () => {
  const unheld = clauses.filter(({ holders }) => holders.length === 0);
  expect(unheld.filter(({ isWaiting }) => !isWaiting).map(({ text }) => text)).toEqual([]);
  expect(unheld.map(({ text }) => text)).toEqual(WAITING);
});

test('every test that a clause names is in the file that it names', () => {
  const missing = clauses.flatMap(({ text, holders }) =>
    holders.flatMap(({ file, name }) =>
      hasTitle(file, name) ? [] : [`${text}: ${file} › ${name}`],
    ),
  );
  expect(missing).toEqual([]);
});

test('no test is skipped that a clause names', () => {
  const files = new Set(clauses.flatMap(({ holders }) => holders.map(({ file }) => file)));
  const skipping = [...files].filter((file) =>
    /\b(?:it|test|describe)\.(?:skip|todo|only)\b/.test(
      readFileSync(path.join('tests', file), 'utf8'),
    ),
  );
  expect(skipping).toEqual([]);
});
