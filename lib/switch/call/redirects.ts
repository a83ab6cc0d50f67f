import type { SipResponse } from '@/lib/protocol/sip/message';
import { parseNameAddr } from '@/lib/protocol/sip/name-addr';

/** Contacts of one 3xx that are looked at; the others are of no interest. */
const MAX_CONTACTS = 5;

/** Where a 3xx would rather have the call, the most wanted first (RFC 3261 §20.10: q); else none. */
export function redirectsOf(response: SipResponse): readonly string[] {
  if (response.status < 300 || response.status >= 400) return [];
  return response
    .headers('contact')
    .slice(0, MAX_CONTACTS)
    .map((contact) => ({ contact, share: shareOf(contact) }))
    .sort((left, right) => right.share - left.share)
    .map(({ contact }) => contact);
}

/** Without a q it is 1; one that can't be read is the least. */
function shareOf(contact: string): number {
  const text = parseNameAddr(contact)?.params.get('q') ?? '1';
  const share = /^[01](\.\d{0,3})?$/.test(text) ? Number(text) : 0;
  return Math.min(share, 1);
}
