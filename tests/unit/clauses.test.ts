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
  'Transfer and events',
  'WebSocket',
  'RTP',
  'Attacks',
  'Fifteen things that users of such servers ask about',
];

interface Holder {
  readonly file: string;
  readonly name: string;
}

interface Clause {
  readonly text: string;
  readonly holders: readonly Holder[];
}

function readClauses(): readonly Clause[] {
  const rows = TABLE.split('\n').filter((line) => /^\| (?!Clause|---)/.test(line));
  return rows.map((row) => {
    const [, text = '', holders = ''] = row.split('|').map((cell) => cell.trim());
    return {
      text,
      holders: holders.split('<br>').flatMap((holder) => {
        const found = /^`([^`]+)` › (.+)$/.exec(holder.trim());
        const [, file = '', name = ''] = found ?? [];
        return found ? [{ file, name: name.replaceAll('&#124;', '|') }] : [];
      }),
    };
  });
}

const clauses = readClauses();

test('the table tells of every matter, no clause twice', () => {
  const titles = [...TABLE.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
  expect(titles).toEqual(GROUPS);
  expect(clauses.length).toBeGreaterThan(150);
  const keys = clauses.map(({ text, holders }) => `${text} ${JSON.stringify(holders)}`);
  expect(new Set(keys).size).toBe(clauses.length);
});

test('every test that a clause names is in the file that it names', () => {
  const missing = clauses.flatMap(({ text, holders }) =>
    holders.flatMap(({ file, name }) => {
      const full = path.join('tests', file);
      const isThere = existsSync(full) && readFileSync(full, 'utf8').includes(name);
      return isThere ? [] : [`${text}: ${file} › ${name}`];
    }),
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
