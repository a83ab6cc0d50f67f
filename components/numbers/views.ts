/** Parts of the customer's page. */
export const OWN_VIEWS = ['numbers', 'portIns', 'emergency'] as const;
/** Parts of a seller's. */
export const SELLER_VIEWS = ['numbers', 'prices', 'portIns', 'emergency'] as const;

/** Which part of the page an address asks for; the first unless it is one of them. */
export function viewOf<View extends string>(
  text: string | null,
  views: readonly [View, ...View[]],
): View {
  return views.find((view) => view === text) ?? views[0];
}
