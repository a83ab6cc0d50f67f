import { showableNumber } from '@/lib/core/call-plan/caller-id';
import type { CallRequest } from '@/lib/core/call-plan/plan';
import type { Directory, TenantView } from '@/lib/core/call-plan/views';
import { remembered } from '@/lib/core/remembered';
import {
  type Diversion,
  diversionCount,
  MAX_DIVERSIONS,
  parseDiversions,
  parseHistory,
} from '@/lib/protocol/sip/diversion';
import type { HeaderInit, SipRequest } from '@/lib/protocol/sip/message';
import { parseNameAddr } from '@/lib/protocol/sip/name-addr';
import { type PrivacyWish, parsePrivacy } from '@/lib/protocol/sip/privacy';
import { flatText, fromWireText } from '@/lib/protocol/sip/text';
import { parseUri, type SipUri, uriUser } from '@/lib/protocol/sip/uri';
import type { IdentityHeader } from '@/lib/services/configuration/types';
import { crossingHeaders } from './crossing-headers';
import type { Lineage } from './loop-guard';

/** Remote-Party-ID values that are looked at. */
const MAX_PARTIES = 4;
/** Longer names don't fit on any display. */
const MAX_NAME_CHARACTERS = 64;
/** Longer users are nobody's number. */
const MAX_USER_CHARACTERS = 128;

/** A tenant and how it names one of its own. */
export interface House {
  readonly tenantId: string;
  readonly name: string;
}

/** Where a call comes from, as far as the legs that are dialled for it have to know. */
export interface Provenance {
  /** What the caller calls itself, as a wire string; '' = nothing. */
  readonly name: string;
  /** The name that the house knows its own caller by (people's text), for that tenant's phones. */
  readonly house: House | null;
  /** Headers of the caller's INVITE that go on to the called side. */
  readonly crossing: HeaderInit;
  /** Who sent the call on before it came here, the latest first. */
  readonly diversions: readonly Diversion[];
  readonly lineage: Lineage;
}

const NOTHING_CROSSES: HeaderInit = {};
const NO_DIVERSIONS: readonly Diversion[] = [];
const NO_LINEAGE: Lineage = { id: '', visited: [] };

/**
 * What of it a call keeps once it is answered: whoever is called in its place then is told who it
 * is that talks, and begins a lineage of its own.
 */
export function provenanceOfTalk({ name, house }: Provenance): Provenance {
  return name === '' && house !== null ? talkOfHouse(house) : talkOf(name, house);
}

function talkOf(name: string, house: House | null): Provenance {
  return {
    name,
    house,
    crossing: NOTHING_CROSSES,
    diversions: NO_DIVERSIONS,
    lineage: NO_LINEAGE,
  };
}

/** All calls of a phone have one. */
const talkOfHouse = remembered((house: House) => talkOf('', house));

/** Who vouches for what an INVITE says of its caller. */
export type Voucher =
  | { readonly kind: 'phone'; readonly tenant: TenantView; readonly house: House }
  | {
      readonly kind: 'trunk';
      readonly isTrusted: boolean;
      /** By what it tells who calls. */
      readonly header: IdentityHeader;
    };

/** What an INVITE says of its caller, read once; for `planCall` and for the legs to come. */
export interface InboundIdentity {
  readonly wish: Pick<CallRequest, 'callerId'> &
    Required<Pick<CallRequest, 'isWithheld' | 'isAsserted' | 'claimed'>>;
  readonly privacy: PrivacyWish;
  readonly provenance: Provenance;
}

/**
 * Reads who calls. A phone may ask for a number by P-Preferred-Identity, P-Asserted-Identity or
 * From, in this order; the first that is its tenant's is taken (the plan checks it again). The
 * P-Asserted-Identity of a trunk counts where the trunk is trusted and is dropped where it is not
 * (RFC 3325 §5); so does its Remote-Party-ID where that is how it speaks. Of an untrusted trunk
 * there is only From.
 */
export function inboundIdentity(
  request: SipRequest,
  voucher: Voucher,
  context: { readonly directory: Directory; readonly lineage: Lineage },
): InboundIdentity {
  const privacy = parsePrivacy(request.header('privacy'));
  const from = userOf(request.header('from') ?? '');
  const remote = remotePartyOf(request, voucher);
  const asserted = [
    ...(remote ? [remote.user] : []),
    ...request.headers('p-asserted-identity').slice(0, 2).map(userOf),
  ];
  const isAnonymous = /^anonymous$/i.test(from);
  const isPrivate = privacy.identity || remote?.isPrivate === true;
  const isWithheld = isPrivate || (isAnonymous && !privacy.none);
  const { callerId, isAsserted, claimed } = wishOf({
    request,
    voucher,
    from,
    asserted,
    directory: context.directory,
  });
  return {
    wish: { callerId, isAsserted, isWithheld, claimed },
    privacy,
    provenance: {
      // What a phone calls itself is anybody's guess; the house knows its extensions' names.
      name: isAnonymous || voucher.kind === 'phone' ? '' : nameOf(request),
      house: voucher.kind === 'phone' ? voucher.house : null,
      crossing: crossingHeaders(request),
      diversions: diversionsOf(request, privacy),
      lineage: context.lineage,
    },
  };
}

/** The calling party of a trusted trunk that speaks by Remote-Party-ID (draft-ietf-sip-privacy-04). */
function remotePartyOf(
  request: SipRequest,
  voucher: Voucher,
): { readonly user: string; readonly isPrivate: boolean } | undefined {
  if (voucher.kind !== 'trunk' || !voucher.isTrusted || voucher.header !== 'rpid') return undefined;
  for (const text of request.headers('remote-party-id').slice(0, MAX_PARTIES)) {
    const params = parseNameAddr(text)?.params;
    const party = params?.get('party')?.toLowerCase() ?? 'calling';
    if (!params || party !== 'calling') continue;
    const privacy = params.get('privacy')?.toLowerCase() ?? 'off';
    return { user: userOf(text), isPrivate: /(^|-)(full|uri)(-|$)/.test(privacy) };
  }
  return undefined;
}

function wishOf(claim: {
  request: SipRequest;
  voucher: Voucher;
  from: string;
  asserted: readonly string[];
  directory: Directory;
}): { callerId: string | null; isAsserted: boolean; claimed: string | null } {
  const { request, voucher, from, asserted, directory } = claim;
  if (voucher.kind === 'trunk') {
    const word = voucher.isTrusted ? asserted.find((user) => user !== '') : undefined;
    if (word !== undefined) return { callerId: word, isAsserted: true, claimed: null };
    return { callerId: from === '' ? null : from, isAsserted: false, claimed: null };
  }
  const preferred = request.headers('p-preferred-identity').slice(0, 2).map(userOf);
  const asked = [...preferred, ...asserted, from].filter((user) => user !== '');
  const own = asked.find((user) => showableNumber(directory, voucher.tenant, user) !== undefined);
  return { callerId: own ?? null, isAsserted: false, claimed: own ? null : (asked[0] ?? null) };
}

/**
 * Who a phone may say it is in From, beside itself: nobody (RFC 3323 §4.1.1.3), or a number that
 * is its tenant's. That it is the phone it is, its credentials have shown.
 */
export function mayClaimInFrom(directory: Directory, tenant: TenantView, uri: SipUri): boolean {
  if (uri.user.toLowerCase() === 'anonymous') return uri.host === 'anonymous.invalid';
  return showableNumber(directory, tenant, fromWireText(uri.user)) !== undefined;
}

function diversionsOf(request: SipRequest, privacy: PrivacyWish): readonly Diversion[] {
  const diverted = parseDiversions(request.headers('diversion'));
  const history = parseHistory(request.headers('history-info'));
  // Both tell the same story where both are there; the one that tells more is taken.
  const told = diversionCount(diverted) >= diversionCount(history) ? diverted : history;
  const flat = told.map((each) => ({ ...each, user: flatText(each.user) }));
  return privacy.history ? flat.map((each) => ({ ...each, isPrivate: true })) : flat;
}

/** Whether a call was sent on as often as a call may be. */
export function isDivertedTooOften({ diversions }: Provenance): boolean {
  return diversionCount(diversions) >= MAX_DIVERSIONS;
}

/** The provenance of what a forward dials: one more diversion, the rest as it was. */
export function divertedProvenance(
  provenance: Provenance,
  by: Pick<Diversion, 'user' | 'reason' | 'isPrivate'>,
): Provenance {
  const diversions = [{ ...by, counter: 1 }, ...provenance.diversions].slice(0, MAX_DIVERSIONS);
  return { ...provenance, diversions };
}

/** The same call told under another caller's number: nobody's name goes with it. */
export function namelessProvenance(provenance: Provenance): Provenance {
  return { ...provenance, name: '', house: null };
}

/** The same with one more place that it was at. */
export function withLineage(provenance: Provenance, lineage: Lineage): Provenance {
  const { name, house, crossing, diversions } = provenance;
  return { name, house, crossing, diversions, lineage };
}

/** Of a call that begins in the house itself. */
export function ownProvenance(lineage: Lineage): Provenance {
  return { name: '', house: null, crossing: NOTHING_CROSSES, diversions: NO_DIVERSIONS, lineage };
}

function userOf(address: string): string {
  const parsed = parseNameAddr(address);
  const uri = parsed && parseUri(parsed.uri);
  return uri ? fromWireText(uriUser(uri)).slice(0, MAX_USER_CHARACTERS) : '';
}

function nameOf(request: SipRequest): string {
  const name = parseNameAddr(request.header('from') ?? '')?.displayName ?? '';
  return flatText(sendableName(name));
}

/** A display name without what would break a line or a display, cut to what displays show. */
export function sendableName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point.
  const clean = name.replace(/[\0-\x1f\x7f]+/g, ' ').trim();
  if (clean.length <= MAX_NAME_CHARACTERS) return clean;
  // Cut between characters, not within one: a wire string is UTF-8 bytes.
  const cut = clean.slice(0, MAX_NAME_CHARACTERS);
  return cut.replace(/[\xc0-\xff][\x80-\xbf]*$/, (last) => (isWhole(last) ? last : ''));
}

function isWhole(sequence: string): boolean {
  return !Buffer.from(sequence, 'latin1').toString('utf8').includes('\ufffd');
}
