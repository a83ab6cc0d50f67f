import type { SipResponse } from '@/lib/protocol/sip/message';
import { parseNameAddr } from '@/lib/protocol/sip/name-addr';
import { parseSipUri } from '@/lib/protocol/sip/uri';

/** The part of a granted time after which it is refreshed: three tries fit into the rest. */
const REFRESH_FRACTION = 0.75;
/** Registrars that grant less are still not asked more often than this. */
const MIN_REFRESH_MS = 5_000;
/** A Min-Expires is followed up to a day. */
const MAX_EXPIRES_SECONDS = 86_400;
/** First pause after a failure that may pass by itself, doubled each time (RFC 5626 §4.5). */
const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 5 * 60_000;
/** After a refusal that a person must mend, the registrar is asked rarely: it may ban us. */
const FIRST_REFUSED_MS = 60_000;
const MAX_REFUSED_MS = 15 * 60_000;

/** What a final answer to our REGISTER means. */
export type RegisterVerdict =
  | { readonly kind: 'registered'; readonly grantedSeconds: number }
  /** 401, 407: prove who we are. */
  | { readonly kind: 'challenged' }
  /** 423: the same with this time (RFC 3261 §10.2.8). */
  | { readonly kind: 'too_brief'; readonly minSeconds: number }
  /** This server can't; another may (RFC 3263 §4.3). */
  | { readonly kind: 'unavailable'; readonly retryAfterMs: number | undefined }
  /** It will not, whomever of its servers we ask. */
  | { readonly kind: 'refused' };

/** Reads a final answer to a REGISTER for a contact of ours. */
export function registerVerdict(
  response: SipResponse,
  asked: { readonly contactUser: string; readonly seconds: number },
): RegisterVerdict {
  const { status } = response;
  if (status >= 200 && status < 300) {
    return { kind: 'registered', grantedSeconds: grantedSeconds(response, asked) };
  }
  if (status === 401 || status === 407) return { kind: 'challenged' };
  if (status === 423) {
    const minSeconds = numberOf(response.header('min-expires'));
    if (minSeconds !== undefined && minSeconds > asked.seconds) {
      return { kind: 'too_brief', minSeconds: Math.min(minSeconds, MAX_EXPIRES_SECONDS) };
    }
    return { kind: 'refused' };
  }
  if (status === 408 || (status >= 500 && status < 600)) {
    const seconds = numberOf(response.header('retry-after'));
    return {
      kind: 'unavailable',
      retryAfterMs: seconds === undefined ? undefined : seconds * 1000,
    };
  }
  return { kind: 'refused' };
}

/** The time our contact got: its own parameter, else Expires, else what was asked (§10.2.4). */
function grantedSeconds(
  response: SipResponse,
  { contactUser, seconds }: { readonly contactUser: string; readonly seconds: number },
): number {
  for (const value of response.headers('contact')) {
    const contact = parseNameAddr(value);
    if (!contact || parseSipUri(contact.uri)?.user !== contactUser) continue;
    const own = numberOf(contact.params.get('expires'));
    if (own !== undefined) return own;
  }
  return numberOf(response.header('expires')) ?? seconds;
}

function numberOf(text: string | undefined): number | undefined {
  const digits = /^\s*(\d{1,9})\b/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** When to refresh a registration; `random` in [0, 1) spreads trunks over a tenth of it. */
export function refreshDelayMs(granted: number, random: number): number {
  return Math.max(MIN_REFRESH_MS, granted * 1000 * REFRESH_FRACTION * (1 - random * 0.1));
}

/** When to try again after the n-th failure in a row; half of the wait is by lot. */
export function retryDelayMs(
  failures: number,
  kind: 'unavailable' | 'refused',
  random: number,
): number {
  const [first, most] =
    kind === 'refused' ? [FIRST_REFUSED_MS, MAX_REFUSED_MS] : [FIRST_RETRY_MS, MAX_RETRY_MS];
  const full = Math.min(most, first * 2 ** Math.min(Math.max(failures - 1, 0), 16));
  return full * (0.5 + random * 0.5);
}
