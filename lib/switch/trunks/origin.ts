import type { SipRequest } from '@/lib/protocol/sip/message';
import { parseNameAddr } from '@/lib/protocol/sip/name-addr';
import { fromWireText } from '@/lib/protocol/sip/text';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { parseUri, uriUser } from '@/lib/protocol/sip/uri';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import { matchTrunk } from './match';
import type { PbxDesk } from './pbx';
import type { Trunks } from './trunks';

/** What is known of trunks that are not known by an address of their own. */
export interface InboundTrunks
  extends Pick<Trunks, 'registeredTrunk' | 'isContactOf'>,
    Pick<PbxDesk, 'claimed' | 'authenticate'> {}

/** Longer than any number is. */
const MAX_DIALLED_CHARS = 128;

/**
 * The carrier's or PBX's trunk that a request comes from, by where it comes from: its address, or
 * the registrar that we are registered with. Headers that anybody can write have no say; a PBX
 * that registered proves its secret, and where it does not, the request has been answered.
 */
export function trunkOf(
  house: { readonly directory: SwitchDirectory; readonly trunks: InboundTrunks },
  transaction: ServerTransaction,
): ConfigTrunk | 'answered' | undefined {
  const { directory, trunks } = house;
  const { request, flow } = transaction;
  const { remote, transport } = flow;
  const known =
    matchTrunk(directory, { address: remote.address, port: remote.port, transport }) ??
    trunks.registeredTrunk(flow, userOf(request.uri));
  if (known) return known;
  const claimed = trunks.claimed(request, flow);
  if (!claimed) return undefined;
  return trunks.authenticate(transaction, claimed) ? claimed : 'answered';
}

/**
 * The number that a trunk calls: the user of the Request-URI, but where that is the user of our
 * Contact, as a registrar sends it, what was called before it was routed to us (P-Called-Party-ID,
 * RFC 7315 §4.2, else To).
 */
export function dialledOn(trunks: InboundTrunks, trunk: ConfigTrunk, request: SipRequest): string {
  const user = userOf(request.uri);
  if (!trunks.isContactOf(trunk, user)) return user;
  const called = parseNameAddr(request.header('p-called-party-id') ?? '') ?? request.to;
  return userOf(called.uri);
}

function userOf(uriText: string): string {
  const uri = parseUri(uriText);
  return uri ? fromWireText(uriUser(uri)).slice(0, MAX_DIALLED_CHARS) : '';
}
