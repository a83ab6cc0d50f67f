/** Carriers, trunks and route groups are few; the same names on the server and in the browser. */
export const ALL_QUERY = { limit: 200 } as const;

/** Buy decks to choose from. */
export const BUY_DECKS_QUERY = { kind: 'buy', limit: 200 } as const;

/** Sell decks whose calls may leave by a route group of their own. */
export const SELL_DECKS_QUERY = { kind: 'sell', limit: 200 } as const;

export const VIEWS = ['trunks', 'carriers', 'routes'] as const;
export type CarrierView = (typeof VIEWS)[number];

/** Which part of the page an address asks for. */
export function viewOf(text: string | null): CarrierView {
  return VIEWS.find((view) => view === text) ?? 'trunks';
}
