/** A path of this portal to return to, or null for anything that could lead elsewhere. */
export function safeReturnPath(text: string | null | undefined): string | null {
  if (!text || text.length > 2_000 || !/^\/(?![/\\])/.test(text)) return null;
  const base = 'http://portal.invalid';
  if (!URL.canParse(text, base)) return null;
  const { origin, pathname, search, hash } = new URL(text, base);
  if (origin !== base || pathname.startsWith('//')) return null;
  return `${pathname}${search}${hash}`;
}
