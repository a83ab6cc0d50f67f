import { endOfQuoted, isToken, splitOutsideQuotes, unquote } from '@/lib/protocol/sip/parameters';

/**
 * Parses `Digest name=value, name="value"` at token boundaries into lower-case names and unquoted
 * values; undefined for another scheme, anything malformed, or a name that comes twice.
 */
export function parseDigestParameters(text: string): ReadonlyMap<string, string> | undefined {
  const scheme = /^\s*digest\s+/i.exec(text);
  if (scheme === null) return undefined;
  const parts = splitOutsideQuotes(text.slice(scheme[0].length), ',');
  if (parts === undefined) return undefined;
  const parameters = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    const value = part.slice(equals + 1).trim();
    if (!isToken(name) || parameters.has(name)) return undefined;
    if (value[0] === '"' && endOfQuoted(value, 0) !== value.length) return undefined;
    parameters.set(name, unquote(value));
  }
  return parameters;
}
