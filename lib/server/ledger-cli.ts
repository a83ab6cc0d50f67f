import { readSettings, type Settings } from '@/lib/infra/env';
import { connectServices } from '@/lib/services/database';
import { type LedgerVerdict, verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { openOwnDatabase } from './own-database';

/**
 * `npm run ledger -- verify [--data-dir DIR]`: checks every invariant of the books, whether the
 * product runs or not. Prints what was checked; exits 1 naming the first invariant that is broken,
 * 2 where the database can't be reached.
 */

function report({ checks, figures, broken }: LedgerVerdict): string {
  const lines = checks.map(({ invariant, ok, violation }) =>
    ok ? `  ✓ ${invariant}` : `  ✗ ${invariant}: ${violation}`,
  );
  const counts = Object.entries({
    books: figures.books,
    wallets: figures.wallets,
    transactions: figures.transactions,
    postings: figures.postings,
    charges: figures.charges,
    'open holds': figures.openHolds,
    'live calls': figures.liveCalls,
  }).map(([name, count]) => `${count} ${name}`);
  const verdict = broken === null ? 'the ledger verifies' : `BROKEN: ${broken}`;
  return [...lines, counts.join(' · '), verdict, ''].join('\n');
}

async function verify(settings: Settings): Promise<number> {
  const opened = await openOwnDatabase(settings, 'npm run ledger');
  const database = connectServices({
    url: opened.url,
    max: 1,
    applicationName: 'tollbridge-ledger',
    onIdleError: () => undefined,
  });
  try {
    const verdict = await verifyLedger(database);
    process.stdout.write(report(verdict));
    return verdict.ok ? 0 : 1;
  } finally {
    await database.close();
    await opened.close();
  }
}

const [command] = process.argv.splice(2, 1);
if (command === 'verify') {
  try {
    process.exitCode = await verify(readSettings());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
} else {
  process.stderr.write('usage: npm run ledger -- verify [--data-dir DIR]\n');
  process.exitCode = 2;
}
