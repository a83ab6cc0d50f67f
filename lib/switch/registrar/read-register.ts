import type { SipRequest } from '@/lib/protocol/sip/message';
import { type NameAddr, parseNameAddr } from '@/lib/protocol/sip/name-addr';
import { flatText, fromWireText } from '@/lib/protocol/sip/text';
import type { Flow } from '@/lib/protocol/sip/transport';
import { parseSipUri } from '@/lib/protocol/sip/uri';
import type { ContactRequest, RegisterRequest } from './rules';

/** Longest Contact URI kept; it is a key in the database and travels in events (lib/control). */
const MAX_CONTACT_LENGTH = 512;
/** Longest Call-ID and +sip.instance kept; a UUID URN has 47 characters. */
const MAX_TOKEN_LENGTH = 256;
/** Contacts looked at in one REGISTER: more than an extension may ever have at a time. */
const MAX_CONTACTS_NAMED = 32;
/** Proxies between a phone and us, and what they may call themselves. */
const MAX_PATH = { count: 8, length: 1_024 };
const MAX_USER_AGENT_LENGTH = 256;
/** More than a day is a day. */
const MAX_ASKED_SECONDS = 86_400;

/** What a REGISTER says, or how it is refused. */
export type ReadRegister =
  | {
      readonly kind: 'request';
      readonly request: RegisterRequest;
      /** At least one contact is a flow (RFC 5626): the answer says so. */
      readonly isOutbound: boolean;
    }
  | { readonly kind: 'refuse'; readonly status: 400 | 439; readonly reason: string };

/** Reads an authenticated REGISTER. What can't be kept is refused, never cut short. */
export function readRegister(message: SipRequest, flow: Flow, extensionId: string): ReadRegister {
  const path = message.headers('path');
  if (path.length > MAX_PATH.count || path.join().length > MAX_PATH.length) return bad('Bad Path');
  if (!path.every((value) => parseSipUri(parseNameAddr(value)?.uri ?? ''))) return bad('Bad Path');
  if (message.callId.length > MAX_TOKEN_LENGTH) return bad('Call-ID Too Long');
  const values = message.headers('contact');
  if (values.length > MAX_CONTACTS_NAMED) return bad('Too Many Contacts At Once');
  const supportsOutbound = [...message.headers('supported'), ...message.headers('require')].some(
    (option) => option.toLowerCase() === 'outbound',
  );
  const contacts: ContactRequest[] = [];
  for (const value of values) {
    if (value === '*') continue;
    const contact = readContact(value, supportsOutbound);
    if (!contact) return bad('Bad Contact');
    contacts.push(contact);
  }
  const flows = contacts.filter((one) => one.regId > 0);
  // §6: one flow a REGISTER, since it is the flow that it came by.
  if (flows.filter((one) => one.expiresSeconds !== 0).length > 1)
    return bad('One reg-id At A Time');
  if (flows.length > 0 && !firstHopKeepsFlows(message)) {
    return { kind: 'refuse', status: 439, reason: 'First Hop Lacks Outbound Support' };
  }
  return {
    kind: 'request',
    isOutbound: flows.length > 0,
    request: {
      extensionId,
      callId: message.callId,
      cseq: message.cseq.sequence,
      star: values.includes('*'),
      contacts,
      expiresSeconds: secondsOf(message.header('expires')),
      via: {
        flow,
        path,
        userAgent: fromWireText(flatText(message.header('user-agent') ?? '')).slice(
          0,
          MAX_USER_AGENT_LENGTH,
        ),
      },
    },
  };
}

function bad(reason: string): ReadRegister {
  return { kind: 'refuse', status: 400, reason };
}

function readContact(value: string, supportsOutbound: boolean): ContactRequest | undefined {
  const address = parseNameAddr(value);
  if (!address || address.uri.length > MAX_CONTACT_LENGTH) return undefined;
  if (!parseSipUri(address.uri)) return undefined;
  const instanceId = address.params.get('+sip.instance') ?? '';
  if (instanceId.length > MAX_TOKEN_LENGTH) return undefined;
  return {
    uri: address.uri,
    expiresSeconds: secondsOf(address.params.get('expires')),
    instanceId,
    // §6: without an instance, or from a phone that does not know outbound, it means nothing.
    regId: supportsOutbound && instanceId !== '' ? regIdOf(address) : 0,
  };
}

/** 1 to 2^31 − 1 (RFC 5626 §4.2); anything else counts as none. */
function regIdOf(address: NameAddr): number {
  const text = address.params.get('reg-id') ?? '';
  const regId = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return regId < 2 ** 31 ? regId : 0;
}

/**
 * Whether requests can come back by the flow that the phone opened (RFC 5626 §6): it speaks to us
 * itself, or the first proxy that it speaks to promises so by `ob` in its Path.
 */
function firstHopKeepsFlows(message: SipRequest): boolean {
  if (message.headers('via').length === 1) return true;
  const first = parseNameAddr(message.headers('path').at(-1) ?? '');
  return parseSipUri(first?.uri ?? '')?.params.has('ob') ?? false;
}

/** A malformed interval counts as none (RFC 3261 §10.2.1.1). */
function secondsOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,10}$/.test(text.trim())) return null;
  return Math.min(Number(text), MAX_ASKED_SECONDS);
}
