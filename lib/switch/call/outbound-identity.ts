import type { CallerId } from '@/lib/core/call-plan/plan';
import { isE164, readableNumber } from '@/lib/core/phone-number';
import { formatDiversions } from '@/lib/protocol/sip/diversion';
import type { HeaderInit } from '@/lib/protocol/sip/message';
import { quote } from '@/lib/protocol/sip/parameters';
import { toWireText } from '@/lib/protocol/sip/text';
import { escapeUser } from '@/lib/protocol/sip/uri';
import type { IdentityHeader } from '@/lib/services/configuration/types';
import { LINEAGE_HEADER, type LoopGuard } from './loop-guard';
import { type Provenance, sendableName } from './provenance';

/** RFC 3323 §4.1.1.3, word for word: phones and networks know it. */
const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';

/** Who is going to read the INVITE. */
export type Audience =
  | {
      readonly kind: 'trunk';
      /** Stands behind each "@": our own address. */
      readonly host: string;
      /** It keeps to RFC 3325: private numbers may be told, marked as private. */
      readonly isTrusted: boolean;
      /** By what it is told who calls, beside From. */
      readonly header: IdentityHeader;
      /** How the trunk wants numbers written. */
      numberFor(number: string): string;
    }
  | {
      readonly kind: 'phone';
      readonly host: string;
      /** Of its tenant: how numbers are shown. */
      readonly country: string;
    };

/** What an INVITE of ours says about its caller. */
export interface OutboundIdentity {
  /** The From header without its tag. */
  readonly from: string;
  readonly headers: HeaderInit;
}

/** What is known when a leg is dialled. */
export interface Introduction {
  readonly callerId: CallerId;
  /** A name for phones of the house, as people's text; '' = the one the caller gave itself. */
  readonly ownName: string;
  readonly provenance: Provenance;
  /** What is dialled at the far side, for History-Info's last entry. */
  readonly target: string;
  readonly audience: Audience;
  readonly loops: Pick<LoopGuard, 'write'>;
}

/**
 * Introduces a caller to whoever is dialled: From, P-Asserted-Identity, Privacy, Diversion and
 * History-Info, the headers that may cross, and the mark by which we know our own calls.
 *
 * Names stay in the house: a carrier gets numbers only. A withheld number is told to nobody but
 * trunks that keep to RFC 3325, with "Privacy: id" (RFC 3323, RFC 3325 §7).
 */
export function introduce(introduction: Introduction): OutboundIdentity {
  const { provenance, loops } = introduction;
  const { from, headers } = identityFor(introduction);
  return {
    from,
    headers: {
      ...provenance.crossing,
      ...headers,
      ...diversionHeaders(introduction),
      [LINEAGE_HEADER]: loops.write(provenance.lineage),
    },
  };
}

function identityFor(introduction: Introduction): OutboundIdentity {
  const { callerId, audience } = introduction;
  const { number, isWithheld } = callerId;
  const asserted = number === null ? null : assertedAddress(number, audience);
  if (number === null || isWithheld) {
    const maySay = audience.kind === 'trunk' && audience.isTrusted;
    return {
      from: ANONYMOUS,
      headers: {
        ...(maySay ? identityHeader(asserted, introduction) : {}),
        ...(isWithheld ? { privacy: 'id' } : {}),
      },
    };
  }
  const user = escapeUser(shownNumber(number, audience));
  const from = `${shownName(introduction)}<sip:${user}@${audience.host}>`;
  return { from, headers: identityHeader(asserted, introduction) };
}

/**
 * Our word for the number, by the header that the audience reads. Remote-Party-ID says itself whether
 * it may be shown, and whether we have looked (draft-ietf-sip-privacy-04 §5.1).
 */
function identityHeader(
  asserted: string | null,
  { audience, callerId }: Introduction,
): Record<string, string> {
  const header = audience.kind === 'trunk' ? audience.header : 'pai';
  if (asserted === null || header === 'none') return {};
  if (header === 'pai') return { 'p-asserted-identity': asserted };
  const screen = callerId.right === 'received' ? 'no' : 'yes';
  const privacy = callerId.isWithheld ? 'full' : 'off';
  return {
    'remote-party-id': `${asserted};party=calling;screen=${screen};privacy=${privacy}`,
  };
}

/** E.164 whatever is shown: it is what can be called back from anywhere. */
function assertedAddress(number: string, { host }: Audience): string | null {
  return isE164(number) ? `<sip:${escapeUser(number)}@${host}>` : null;
}

function shownNumber(number: string, audience: Audience): string {
  return userOf(audience.kind === 'trunk' ? audience.numberFor(number) : number);
}

/** What a carrier sent need be no number; without what no URI can hold it is still a user. */
function userOf(number: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point.
  return toWireText(number.replace(/[\0-\x1f\x7f]/g, '')) || 'unknown';
}

/** Who it is, or else the number as the tenant's people read it: displays show one line. */
function shownName({ audience, callerId, ownName, provenance }: Introduction): string {
  if (audience.kind === 'trunk') return '';
  const given = ownName === '' ? provenance.name : sendableName(toWireText(ownName));
  const { number } = callerId;
  const name =
    given === '' && number !== null && isE164(number)
      ? readableNumber(number, audience.country)
      : given;
  return name === '' ? '' : `${quote(name)} `;
}

function diversionHeaders({ provenance, audience, target }: Introduction): HeaderInit {
  const told = formatDiversions(provenance.diversions, {
    host: audience.host,
    target,
    isTrusted: audience.kind === 'trunk' && audience.isTrusted,
  });
  return told === null ? {} : { diversion: told.diversion, 'history-info': told.history };
}
