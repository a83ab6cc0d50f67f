import { decode } from 'next-auth/jwt';
import type { SessionClaims } from '@/lib/services/identity/resolve-session';
import type { WebRuntime } from './runtime';

/**
 * The session cookie's name, by scheme: over https the `__Host-` prefix makes browsers refuse a
 * cookie of that name set by a sibling domain or over http.
 */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-tollbridge.session' : 'tollbridge.session';
}

/** What a session token claims, or null for what is none of ours or has expired. */
export async function readSessionToken(
  runtime: WebRuntime,
  token: string | undefined,
): Promise<SessionClaims | null> {
  if (token === undefined || token === '' || token.length > 4_096) return null;
  try {
    const claims = await decode({ token, secret: runtime.settings.sessionSecret });
    const sessionId = claims?.['sid'];
    const audience = claims?.['aud'];
    if (typeof sessionId !== 'string' || typeof audience !== 'string') return null;
    return { sessionId, audience };
  } catch {
    // Made with another key, tampered with, or past its time: as good as no token.
    return null;
  }
}

/** One cookie of a Cookie header. */
export function cookieOf(header: string | null, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** The Set-Cookie that removes the session's cookie. */
export function endedCookie(secure: boolean): string {
  const name = sessionCookieName(secure);
  return `${name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0${secure ? '; Secure' : ''}`;
}
