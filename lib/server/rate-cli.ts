import { systemClock } from '@/lib/core/clock';
import { formatMicro } from '@/lib/core/money';
import { createSealer, newToken } from '@/lib/infra/crypto';
import { readSettings } from '@/lib/infra/env';
import { correctCharges, MAX_CORRECTIONS } from '@/lib/services/charging/correct-charges';
import { replayCharges } from '@/lib/services/charging/replay-charges';
import type { ChargeDifference } from '@/lib/services/charging/replay-rules';
import type { ServiceContext } from '@/lib/services/context';
import { connectServices } from '@/lib/services/database';
import { terminalActor } from '@/lib/services/identity/terminal-actor';
import { postRateCalls } from '@/lib/services/post-rating/post-rate-calls';
import { openOwnDatabase } from './own-database';

/**
 * `npm run rate -- replay --from DATE --to DATE [--deck VERSION]`: rates the charges of a period
 * again, from their snapshots or by a version of a deck (its id), and prints each that comes out
 * otherwise. With `--correct --reason TEXT --by MAIL` those are reversed and charged anew. Exits 0
 * where nothing differs (or all of it was corrected), 1 where something does, 2 where it can't be
 * told.
 *
 * `npm run rate -- post --from DATE --to DATE`: charges answered calls that were recorded without a
 * price, each once. Exits 1 where some still have none.
 */

const USAGE = `usage: npm run rate -- replay --from DATE --to DATE [--deck VERSION] [--data-dir DIR]
         [--correct --reason TEXT --by MAIL]
       npm run rate -- post --from DATE --to DATE [--by MAIL] [--data-dir DIR]
Dates are UTC, such as 2026-11-01 or 2026-11-01T08:00:00Z; calls that began in [from, to) are rated.
VERSION is the id of a version of a rate deck; without it every charge is rated by its own snapshot.
`;

const OPTIONS = ['from', 'to', 'deck', 'reason', 'by'] as const;
type Option = (typeof OPTIONS)[number];

interface Asked {
  readonly options: Readonly<Partial<Record<Option, string>>>;
  readonly correct: boolean;
  /** For the settings of the product. */
  readonly rest: readonly string[];
}

/** Sums of one currency over all differences. */
interface Sum {
  count: number;
  wasMicro: bigint;
  nowMicro: bigint;
}

function readArguments(argv: readonly string[]): Asked {
  const options: Partial<Record<Option, string>> = {};
  const rest: string[] = [];
  let correct = false;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    const option = OPTIONS.find((name) => word === `--${name}`);
    if (word === '--correct') correct = true;
    else if (option === undefined) rest.push(word);
    else {
      index += 1;
      const value = argv[index];
      if (value === undefined || value.startsWith('--')) {
        throw new Error(`--${option}: a value is missing\n${USAGE}`);
      }
      options[option] = value;
    }
  }
  return { options, correct, rest };
}

/** A date as an instant: the beginning of a day in UTC, or the moment itself. */
function instantOf(option: Option, text: string | undefined): string {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  if (Number.isNaN(ms)) {
    throw new Error(`--${option}: ${text ?? 'nothing'} is no date\n${USAGE}`);
  }
  return new Date(ms).toISOString();
}

function lineOf({ kind, charge, now }: ChargeDifference): string {
  const seller = charge.sellerAccountId ?? `carrier ${charge.carrierId}`;
  const was = `${formatMicro(charge.amountMicro)} for ${charge.billedSeconds} s`;
  const is = now ? `${formatMicro(now.amountMicro)} for ${now.billedSeconds} s` : kind;
  const what = kind === 'snapshot' ? 'its snapshot reads differently' : `${was} -> ${is}`;
  const call = `call ${charge.callId} hop ${charge.hop} charge ${charge.id}`;
  return `  ${call}: ${charge.buyerAccountId} pays ${seller} ${charge.currency} ${what}`;
}

function add(sums: Map<string, Sum>, { charge, now }: ChargeDifference): void {
  const sum = sums.get(charge.currency) ?? { count: 0, wasMicro: 0n, nowMicro: 0n };
  sum.count += 1;
  sum.wasMicro += charge.amountMicro;
  sum.nowMicro += now?.amountMicro ?? 0n;
  sums.set(charge.currency, sum);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report(charges: number, sums: ReadonlyMap<string, Sum>): void {
  if (sums.size === 0) {
    say(`${charges} charges rated again: all the same, byte for byte`);
    return;
  }
  say(`${charges} charges rated again; they differ in`);
  for (const [currency, { count, wasMicro, nowMicro }] of sums) {
    const change = formatMicro(nowMicro - wasMicro);
    const totals = `${formatMicro(wasMicro)} -> ${formatMicro(nowMicro)} (${change})`;
    say(`  ${currency}: ${count} charges, ${totals}`);
  }
}

/** Corrects what has a price and tells the rest; how many were left as they are. */
async function correct(
  context: ServiceContext,
  differences: readonly ChargeDifference[],
  reason: string,
): Promise<number> {
  let left = 0;
  const priced = differences.filter((each) => each.kind === 'amount');
  left += differences.length - priced.length;
  for (let at = 0; at < priced.length; at += MAX_CORRECTIONS) {
    const some = priced.slice(at, at + MAX_CORRECTIONS);
    const { corrected, repeated, unaffordable } = await correctCharges(context, some, { reason });
    say(`  corrected ${corrected}${repeated > 0 ? `, ${repeated} had been before` : ''}`);
    for (const { charge } of unaffordable) say(`  not enough funds for charge ${charge.id}`);
    left += unaffordable.length;
  }
  return left;
}

async function replay(argv: readonly string[]): Promise<number> {
  const { options, correct: isCorrecting, rest } = readArguments(argv);
  const from = instantOf('from', options.from);
  const to = instantOf('to', options.to);
  const { deck, reason, by } = options;
  if (isCorrecting && (reason === undefined || by === undefined)) {
    throw new Error(`--correct: say why (--reason) and who you are (--by)\n${USAGE}`);
  }
  return await withContext(rest, by ?? null, async (context) => {
    const period = { from, to, ...(deck === undefined ? {} : { deckVersionId: deck }) };
    const sums = new Map<string, Sum>();
    let charges = 0;
    let left = 0;
    for await (const batch of replayCharges(context, period)) {
      charges += batch.charges;
      for (const difference of batch.differences) {
        say(lineOf(difference));
        add(sums, difference);
      }
      left += isCorrecting
        ? await correct(context, batch.differences, reason ?? '')
        : batch.differences.length;
    }
    report(charges, sums);
    return left === 0 ? 0 : 1;
  });
}

/** Charges what nobody was charged for; 1 where some calls still have no price. */
async function post(argv: readonly string[]): Promise<number> {
  const { options, rest } = readArguments(argv);
  const from = new Date(instantOf('from', options.from));
  const to = new Date(instantOf('to', options.to));
  return await withContext(rest, options.by ?? null, async (context) => {
    let calls = 0;
    let charges = 0;
    let unrated = 0;
    for await (const batch of postRateCalls(context, { from, to })) {
      calls += batch.calls;
      charges += batch.charges;
      unrated += batch.unrated.length;
      for (const { callId, code, message } of batch.unrated) {
        say(`  call ${callId} has no price: ${code}: ${message}`);
      }
      say(`${calls} calls charged`);
    }
    say(`${calls} calls charged with ${charges} charges; ${unrated} still have no price`);
    return unrated === 0 ? 0 : 1;
  });
}

/** Does something with the product's own database, in somebody's name; null = the system's. */
async function withContext(
  rest: readonly string[],
  by: string | null,
  work: (context: ServiceContext) => Promise<number>,
): Promise<number> {
  const opened = await openOwnDatabase(readSettings(rest), 'npm run rate');
  const database = connectServices({
    url: opened.url,
    max: 2,
    applicationName: 'tollbridge-rate',
    onIdleError: () => undefined,
  });
  try {
    const actor = await terminalActor(database, by);
    // Nothing sealed is read here: any key will do.
    const sealer = createSealer(newToken());
    return await work({ database, actor, clock: systemClock, sealer });
  } finally {
    await database.close();
    await opened.close();
  }
}

const COMMANDS: Readonly<Record<string, (argv: readonly string[]) => Promise<number>>> = {
  replay,
  post,
};

const [command, ...words] = process.argv.slice(2);
const run = COMMANDS[command ?? ''];
if (run) {
  try {
    process.exitCode = await run(words);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
} else {
  process.stderr.write(USAGE);
  process.exitCode = 2;
}
