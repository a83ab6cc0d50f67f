/** The latest; the same on the server and in the browser. */
export const NEWEST_QUERY = { limit: 200 } as const;

/** The switch counts tries and adds bans without a word to the feed. */
export const REFRESH_MS = 10_000;

export const VIEWS = ['bans', 'allowed'] as const;
export type BansView = (typeof VIEWS)[number];

/** Which part of the page an address asks for. */
export function viewOf(text: string | null): BansView {
  return VIEWS.find((view) => view === text) ?? 'bans';
}
