/** What a page gets of its address. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** One value of the address; null where it is absent, empty or given twice. */
export function paramOf(
  params: Record<string, string | string[] | undefined>,
  name: string,
): string | null {
  const value = params[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
