import { toWireMoney } from '@/lib/core/money';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { seesWallet } from '@/lib/services/accounts/rules';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { readScheduledDebits } from './internal/debits';
import { type DayFigures, readDailyFigures, readRegistrationFigures } from './internal/figures';
import { lastDates, runsOutAtMs } from './rules';
import { type Overview, type OverviewInput, overviewQuerySchema } from './schemas';

/** Whole days that the burn rate is taken from. */
const BURN_DAYS = 7;

/** What an account's first page shows: funds and how long they last, calls, registrations. */
export async function getOverview(
  context: ServiceContext,
  input: OverviewInput = {},
): Promise<Overview> {
  authorize(context, 'calls.read');
  const { accountId, days } = parseInput(overviewQuerySchema, input);
  const { database, actor, clock } = context;
  const nowMs = clock.nowMs();
  const account = await findAccount(database.prisma, context, accountId ?? actor.accountId);
  const { id, name, path, timeZone, currency } = account;
  // One more than shown where the chart is shorter than the week that burns.
  const dates = lastDates(nowMs, Math.max(days, BURN_DAYS + 1), timeZone);
  const firstDate = dates[0] ?? '';
  const scope = { accountId: id, accountPath: path, timeZone, firstDate };
  const [figures, extensions, wallet, debits] = await Promise.all([
    readDailyFigures(database, scope),
    readRegistrationFigures(database, path, nowMs),
    seesWallet(actor, account)
      ? database.prisma.wallet.findUnique({
          where: { accountId_currency: { accountId: id, currency } },
        })
      : null,
    readScheduledDebits(database, { accountId: id, currency, timeZone }),
  ]);
  const dayOf = (date: string): DayFigures =>
    figures.get(date) ?? { date, calls: 0, answered: 0, seconds: 0, spentMicro: 0n };
  const today = dayOf(dates.at(-1) ?? '');
  const spentLately = dates
    .slice(-BURN_DAYS - 1, -1)
    .reduce((sum, date) => sum + dayOf(date).spentMicro, 0n);
  return {
    account: { id, name, timeZone },
    funds: wallet ? toFunds(wallet, spentLately / BigInt(BURN_DAYS), { nowMs, debits }) : null,
    today: { calls: today.calls, answered: today.answered, seconds: today.seconds },
    extensions,
    daily: dates.slice(-days).map((date) => {
      const { calls, answered, seconds, spentMicro } = dayOf(date);
      return {
        date,
        calls,
        answered,
        seconds,
        spent: wallet ? toWireMoney(spentMicro, currency) : null,
      };
    }),
  };
}

interface Funds {
  readonly currency: string;
  readonly balanceMicro: bigint;
  readonly heldMicro: bigint;
  readonly creditLimitMicro: bigint;
}

function toFunds(
  wallet: Funds,
  burnMicro: bigint,
  when: Parameters<typeof runsOutAtMs>[2],
): Overview['funds'] {
  const { currency, balanceMicro, heldMicro, creditLimitMicro } = wallet;
  const availableMicro = balanceMicro + creditLimitMicro - heldMicro;
  const runsOut = runsOutAtMs(availableMicro, burnMicro, when);
  return {
    balance: toWireMoney(balanceMicro, currency),
    held: toWireMoney(heldMicro, currency),
    creditLimit: toWireMoney(creditLimitMicro, currency),
    available: toWireMoney(availableMicro, currency),
    burnPerDay: toWireMoney(burnMicro, currency),
    runsOutAt: runsOut === null ? null : new Date(runsOut).toISOString(),
  };
}
