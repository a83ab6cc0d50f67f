import { AppError } from '@/lib/core/errors';
import type { AmountMicro, Currency } from '@/lib/core/money';
import { converted } from '@/lib/core/rating/fx';
import { markedUp } from '@/lib/core/rating/markup';
import { priceCall } from '@/lib/core/rating/price';
import type { Markup, PaidBy, Rate, RateMatch } from '@/lib/core/rating/rate';
import { COMPARED_SECONDS, type PlannedHop, type RefusedCall } from './plan';
import { isRefused, refuse } from './refusal';
import type { AccountView, Decks, Directory, ExtensionView, TenantView } from './views';

/** Deeper trees are taken for a loop in the data. */
const MAX_CHAIN_DEPTH = 64;

/** A tenant with the accounts that answer for it, its own first, the operator last. */
export interface Side {
  readonly tenant: TenantView;
  readonly account: AccountView;
  readonly chain: readonly AccountView[];
}

/** A tenant and everyone above it. Throws INTERNAL where the tree is broken. */
export function sideOf(directory: Directory, tenant: TenantView): Side {
  const chain: AccountView[] = [];
  let id: string | null = tenant.accountId;
  while (id !== null) {
    const account = directory.accountById(id);
    if (!account || chain.length === MAX_CHAIN_DEPTH) {
      throw new AppError('INTERNAL', `account ${id} of tenant ${tenant.domain} has no way up`);
    }
    chain.push(account);
    id = account.parentId;
  }
  const account = chain[0];
  if (!account) throw new AppError('INTERNAL', `tenant ${tenant.domain} has no account`);
  return { tenant, account, chain };
}

/** The first of a side's accounts, then its tenant, then the extension, that may not call. */
export function checkStatus(side: Side, extension: ExtensionView | null): RefusedCall | null {
  for (const account of side.chain) {
    if (account.status === 'active') continue;
    const detail = { account: account.name, status: account.status };
    const message = `${account.name} is ${account.status}`;
    return refuse({ code: 'ACCOUNT_SUSPENDED', hop: account, message, detail });
  }
  if (side.tenant.status !== 'active') {
    const { domain, status } = side.tenant;
    const message = `${domain} is ${status}`;
    return refuse({
      code: 'TENANT_SUSPENDED',
      hop: side.account,
      message,
      detail: { domain, status },
    });
  }
  if (extension && extension.status !== 'active') {
    const { number, status } = extension;
    const message = `extension ${number} is ${status}`;
    return refuse({
      code: 'EXTENSION_SUSPENDED',
      hop: side.account,
      message,
      detail: { extension: number, status },
    });
  }
  return null;
}

/** Whether a list of prefixes lets a number through. */
function allows(prefixes: readonly string[], digits: string): boolean {
  return prefixes.some((prefix) => digits.startsWith(prefix));
}

/** Who among the caller's tenant and the accounts above it does not allow the destination. */
export function checkAllowed(side: Side, digits: string): RefusedCall | null {
  const blocked = (hop: AccountView, by: string) =>
    refuse({
      code: 'DESTINATION_BLOCKED',
      hop,
      message: `+${digits} is not among the destinations that ${by} may call`,
      detail: { destination: `+${digits}`, by },
    });
  if (!allows(side.tenant.allowedDestinations, digits)) {
    return blocked(side.account, side.account.name);
  }
  for (const account of side.chain) {
    const prefixes = account.allowedDestinations;
    if (prefixes !== null && !allows(prefixes, digits)) return blocked(account, account.name);
  }
  return null;
}

/** What a step of pricing a chain yields. */
export type HopsOutcome = RefusedCall | { readonly kind: 'hops'; readonly hops: PlannedHop[] };

/** What a chain is priced from. */
export interface Pricing {
  readonly decks: Decks;
  readonly directory: Pick<Directory, 'exchangeRate'>;
}

/** The call that a chain is priced for. */
export interface PricedCallTo {
  readonly digits: string;
  readonly atMs: number;
}

interface HopQuestion extends PricedCallTo {
  readonly buyer: AccountView;
  readonly seller: AccountView;
  readonly level: number;
}

/** What a seller's deck says; a mark-up waits for what the seller pays itself. */
interface Offer extends HopQuestion {
  readonly kind: 'offer';
  readonly rate: Rate;
  readonly markup: Markup | null;
}

/** A hop at which nobody has a price for the call. */
interface NoOffer {
  readonly kind: 'none';
  readonly why: string;
}

function noSellRate({ buyer, seller, digits }: HopQuestion, why: string): RefusedCall {
  return refuse({
    code: 'NO_SELL_RATE',
    hop: buyer,
    message: `${seller.name} sells ${buyer.name} no call to +${digits}: ${why}`,
    detail: { buyer: buyer.name, seller: seller.name, destination: `+${digits}` },
  });
}

/**
 * What the buyer's decks say about the call. A rate of its own counts before the sell deck's, however
 * much longer that one's prefix is; where it blocks the number, the sell deck is not asked either.
 */
function matchOf(
  decks: Decks,
  { buyer, digits, atMs }: HopQuestion,
  paidBy: PaidBy,
): RateMatch | NoOffer {
  const own = buyer.ownDeckId === null ? undefined : decks.deckById(buyer.ownDeckId);
  const shared = buyer.sellDeckId === null ? undefined : decks.deckById(buyer.sellDeckId);
  const match = own?.lookup(digits, atMs, paidBy) ?? shared?.lookup(digits, atMs, paidBy);
  if (match) return match;
  const asked = [own, shared].flatMap((deck) => (deck ? [`"${deck.info.deckName}"`] : []));
  const why =
    asked.length === 0 ? 'no sell deck is set' : `no prefix of ${asked.join(' or ')} matches`;
  return { kind: 'none', why };
}

function offerOf(
  { decks, directory }: Pricing,
  question: HopQuestion,
  paidBy: PaidBy,
): RefusedCall | Offer | NoOffer {
  const { buyer, seller, atMs } = question;
  const match = matchOf(decks, question, paidBy);
  if ('kind' in match) return match;
  const { rate, markup } = match;
  if (match.blocked) {
    return refuse({
      code: 'DESTINATION_BLOCKED',
      hop: buyer,
      message: `${seller.name} blocks +${rate.prefix}… for ${buyer.name} in "${rate.deckName}"`,
      detail: { buyer: buyer.name, seller: seller.name, prefix: rate.prefix },
    });
  }
  if (rate.currency === buyer.currency) return { kind: 'offer', ...question, rate, markup };
  const rateNano = directory.exchangeRate(rate.currency, buyer.currency, atMs);
  // A mark-up is on what its owner pays; it would be converted twice.
  if (rateNano === undefined || markup !== null) {
    const why = `"${rate.deckName}" is in ${rate.currency}, not ${buyer.currency}`;
    return noSellRate(
      question,
      rateNano === undefined ? `${why}, and there is no exchange rate` : why,
    );
  }
  const fx = { deckCurrency: rate.currency, rateNano };
  return { kind: 'offer', ...question, rate: { ...rate, currency: buyer.currency, fx }, markup };
}

/** The offer's price; a mark-up's on top of what the seller pays for the same call, or why not. */
function priceOffer(offer: Offer, bought: PlannedHop | undefined): PlannedHop | NoOffer {
  const { buyer, seller, level, markup } = offer;
  let { rate } = offer;
  if (markup) {
    const base = bought?.buyerAccountId === seller.id ? bought.rate : undefined;
    const named = `"${rate.deckName}" is a mark-up on what ${seller.name} pays`;
    if (!base) {
      return { kind: 'none', why: `${named}, and it pays nobody` };
    }
    if (base.currency !== rate.currency) {
      return { kind: 'none', why: `${named}, which is in ${base.currency}, not ${rate.currency}` };
    }
    rate = markedUp(rate, markup, base);
  }
  return {
    level,
    buyerAccountId: buyer.id,
    sellerAccountId: seller.id,
    rate,
    price300Micro: priceCall(rate, COMPARED_SECONDS).amountMicro,
  };
}

/** What is asked at every step of a chain, from its foot up. */
function* questionsOf(side: Pick<Side, 'chain'>, to: PricedCallTo): Generator<HopQuestion> {
  for (const [level, buyer] of side.chain.entries()) {
    const seller = side.chain[level + 1];
    if (seller) yield { buyer, seller, level, ...to };
  }
}

/** What everyone from the payer up to the operator pays its seller, or where nobody sells. */
export function planHops(
  pricing: Pricing,
  side: Pick<Side, 'chain'>,
  to: PricedCallTo,
): HopsOutcome {
  const offers: Offer[] = [];
  for (const question of questionsOf(side, to)) {
    const offer = offerOf(pricing, question, 'caller');
    if (isRefused(offer)) return offer;
    if (offer.kind === 'none') return noSellRate(question, offer.why);
    offers.push(offer);
  }
  const hops: PlannedHop[] = [];
  for (const offer of offers.reverse()) {
    const hop = priceOffer(offer, hops[0]);
    if ('kind' in hop) return noSellRate(offer, hop.why);
    hops.unshift(hop);
  }
  return { kind: 'hops', hops };
}

/**
 * What a call that comes in costs the one whose number is called, and everyone above: only those
 * whose deck has a reverse-billed rate for the number pay, the others nothing.
 */
export function planReverseHops(pricing: Pricing, side: Side, to: PricedCallTo): HopsOutcome {
  const hops: PlannedHop[] = [];
  for (const question of [...questionsOf(side, to)].reverse()) {
    const offer = offerOf(pricing, question, 'called');
    if (isRefused(offer)) return offer;
    const hop = offer.kind === 'none' ? offer : priceOffer(offer, hops[0]);
    if (!('kind' in hop)) hops.unshift(hop);
  }
  return { kind: 'hops', hops };
}

/**
 * The loss guard between accounts: nobody on the way up sells a call of 300 s for less than it
 * pays for it (or than its floor says), in its own currency. What the operator pays a carrier is
 * compared per route.
 */
export function checkHopMargins(
  directory: Directory,
  side: Side,
  to: { readonly hops: readonly PlannedHop[]; readonly atMs: number },
): RefusedCall | null {
  for (const [level, sold] of to.hops.entries()) {
    const bought = to.hops[level + 1];
    const seller = side.chain[level + 1];
    const buyer = side.chain[level];
    if (!bought || !seller || !buyer || seller.marginFloorMicro === null) continue;
    const gets = inCurrency(directory, { from: sold, to: bought.rate.currency, atMs: to.atMs });
    if (gets !== null && gets - bought.price300Micro >= seller.marginFloorMicro) continue;
    return refuse({
      code: 'MARGIN_NEGATIVE',
      hop: seller,
      message:
        gets === null
          ? `${seller.name} sells in ${sold.rate.currency} what it buys in ${bought.rate.currency}, and there is no exchange rate`
          : `${seller.name} would sell ${buyer.name} this call below what it pays for it`,
      detail: {
        buyer: buyer.name,
        seller: seller.name,
        soldPrefix: sold.rate.prefix,
        boughtPrefix: bought.rate.prefix,
        price300Micro: sold.price300Micro.toString(),
        cost300Micro: bought.price300Micro.toString(),
      },
    });
  }
  return null;
}

/** What a hop's price of 300 s is worth in a currency; null = nobody knows. */
export function inCurrency(
  directory: Directory,
  { from, to, atMs }: { readonly from: PlannedHop; readonly to: Currency; readonly atMs: number },
): AmountMicro | null {
  const { rate, price300Micro } = from;
  if (rate.currency === to) return price300Micro;
  const rateNano = directory.exchangeRate(rate.currency, to, atMs);
  return rateNano === undefined ? null : converted(price300Micro, rateNano);
}
