import { createRequest, type RequestInit } from './build';
import type { SipRequest, SipResponse } from './message';
import { formatNameAddr, type NameAddr, parseNameAddr } from './name-addr';
import { flatText } from './text';
import type { ServerTransaction } from './transaction';
import type { Flow } from './transport';
import { parseSipUri } from './uri';

export type DialogState = 'early' | 'confirmed' | 'ended';

/** A dialog as plain JSON, for recovery after a crash. */
export interface DialogSnapshot {
  readonly role: 'uac' | 'uas';
  readonly state: DialogState;
  readonly callId: string;
  readonly localTag: string;
  /** '' for an RFC 2543 peer that sends none. */
  readonly remoteTag: string;
  /** Our From (we may be either side), display name included, without the tag. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remoteTarget: string;
  /** Route values in the order in which we send them. */
  readonly routeSet: readonly string[];
  /** The CSeq of our last request. */
  readonly localSequence: number;
  /** The CSeq of the peer's last request; undefined before the first. */
  readonly remoteSequence: number | undefined;
  readonly flow: Flow;
}

/** What an in-dialog request of ours has beside what the dialog knows. */
export interface InDialogInit {
  readonly headers?: RequestInit['headers'] | undefined;
  readonly body?: Buffer | undefined;
}

/** Whether a request of the peer fits the dialog; if not, how to refuse it. */
export type DialogVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 400 | 481 | 500; readonly reason: string };

/** Requests that move the remote target (§12.2.2, RFC 3311, RFC 6665 §4.4.1, RFC 3515). */
const TARGET_REFRESHERS: ReadonlySet<string> = new Set([
  'INVITE',
  'UPDATE',
  'SUBSCRIBE',
  'NOTIFY',
  'REFER',
]);

/** What identifies a dialog to the side that owns `localTag` (§12). */
export interface DialogId {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

export function isSameDialog(one: DialogId, other: DialogId): boolean {
  return (
    one.localTag === other.localTag &&
    one.remoteTag === other.remoteTag &&
    one.callId === other.callId
  );
}

/** The dialog that an incoming request belongs to; its To-tag is ours. */
export function requestDialogId(request: SipRequest): DialogId {
  return { callId: request.callId, localTag: request.toTag, remoteTag: request.fromTag };
}

function untagged(address: NameAddr): string {
  return flatText(formatNameAddr({ displayName: address.displayName, uri: address.uri }));
}

const NO_ROUTES: string[] = [];

function routesOf(message: SipRequest | SipResponse): string[] {
  const routes = message.headers('record-route');
  return routes.length === 0 ? NO_ROUTES : routes.map(flatText);
}

function contactUri(message: SipRequest | SipResponse): string | undefined {
  const contacts = message.headers('contact');
  const contact = contacts.length === 1 ? contacts[0] : undefined;
  const uri = contact === undefined ? undefined : parseNameAddr(contact)?.uri;
  return uri === undefined || parseSipUri(uri) === undefined ? undefined : flatText(uri);
}

/** Of two equal texts the one that is there already: a phone answers with the Contact that it has. */
function sameText(text: string | undefined, known: string | undefined): string | undefined {
  return text === known ? known : text;
}

function ofResponse(response: SipResponse): { uri: undefined; callId: string } {
  return { uri: undefined, callId: flatText(response.callId) };
}

/**
 * One side's view of a dialog (RFC 3261 §12): a leg. It sends nothing by itself; it knows what
 * the next request of ours looks like, and whether the peer's fits.
 */
export class Dialog {
  readonly role: 'uac' | 'uas';
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** How the peer is reached; set it anew when the peer comes by another. */
  flow: Flow;
  private currentState: DialogState;
  private target: string;
  private routes: readonly string[];
  private localSequence: number;
  private remoteSequence: number | undefined;
  private readonly localAddress: string;
  private readonly remoteAddress: string;

  private constructor(from: DialogSnapshot) {
    this.role = from.role;
    this.callId = from.callId;
    this.localTag = from.localTag;
    this.remoteTag = from.remoteTag;
    this.flow = from.flow;
    this.currentState = from.state;
    this.target = from.remoteTarget;
    this.routes = from.routeSet;
    this.localSequence = from.localSequence;
    this.remoteSequence = from.remoteSequence;
    this.localAddress = from.localAddress;
    this.remoteAddress = from.remoteAddress;
  }

  /**
   * The caller's side, made of the INVITE (or SUBSCRIBE) as sent and a 101–299 with a To-tag; each
   * To-tag is a dialog of its own. Undefined where the response makes none: no tag, or a 2xx
   * without a usable Contact (§12.1.2).
   */
  static uac(
    request: SipRequest | SipResponse,
    response: SipResponse,
    flow: Flow,
  ): Dialog | undefined {
    // Of a request of ours they are no slices of a packet.
    const { uri, callId } = request.kind === 'request' ? request : ofResponse(request);
    const isFinal = response.status >= 200;
    const target = sameText(contactUri(response), uri) ?? (isFinal ? undefined : uri);
    if (response.status <= 100 || response.status >= 300) return undefined;
    if (response.toTag === '' || target === undefined) return undefined;
    return new Dialog({
      role: 'uac',
      state: isFinal ? 'confirmed' : 'early',
      callId,
      localTag: flatText(request.fromTag),
      remoteTag: flatText(response.toTag),
      localAddress: untagged(request.from),
      remoteAddress: untagged(request.to),
      remoteTarget: target,
      routeSet: routesOf(response).reverse(),
      localSequence: request.cseq.sequence,
      remoteSequence: undefined,
      flow,
    });
  }

  /** The caller's side, made of a 2xx alone, whose INVITE is forgotten; undefined as for `uac`. */
  static uacOf(response: SipResponse, flow: Flow): Dialog | undefined {
    return Dialog.uac(response, response, flow);
  }

  /**
   * The callee's side, early until confirm(). Undefined where the request has no usable Contact
   * (§12.1.1): answer 400. `callId`: the request's, where the caller has a copy of its own.
   */
  static uas(transaction: ServerTransaction, callId?: string): Dialog | undefined {
    const { request, flow, localTag } = transaction;
    const target = contactUri(request);
    if (target === undefined) return undefined;
    return new Dialog({
      role: 'uas',
      state: 'early',
      callId: callId ?? flatText(request.callId),
      localTag,
      remoteTag: flatText(request.fromTag),
      localAddress: untagged(request.to),
      remoteAddress: untagged(request.from),
      remoteTarget: target,
      routeSet: routesOf(request),
      localSequence: 0,
      remoteSequence: request.cseq.sequence,
      flow,
    });
  }

  /** The dialog that a snapshot was taken of. */
  static restore(snapshot: DialogSnapshot): Dialog {
    return new Dialog(snapshot);
  }

  get state(): DialogState {
    return this.currentState;
  }

  /** Where requests go: the peer's last Contact. */
  get remoteTarget(): string {
    return this.target;
  }

  get routeSet(): readonly string[] {
    return this.routes;
  }

  /** A request of ours with the next CSeq (§12.2.1.1). Neither ACK nor CANCEL. */
  request(method: string, init: InDialogInit = {}): SipRequest {
    this.localSequence += 1;
    return this.build({ method, sequence: this.localSequence }, init);
  }

  /** The ACK for a 2xx to an INVITE of ours (§13.2.2.4); a late offer's answer is its body. */
  ack(inviteSequence: number, init: InDialogInit = {}): SipRequest {
    return this.build({ method: 'ACK', sequence: inviteSequence }, init);
  }

  /**
   * UAC: a further response to the request that made this dialog. A 2xx confirms it, sets the
   * target and freezes the route set (§13.2.2.4); later ones of the same tag change nothing.
   */
  receiveResponse(response: SipResponse): void {
    if (this.currentState !== 'early' || response.status < 200 || response.status >= 300) return;
    this.currentState = 'confirmed';
    this.target = sameText(contactUri(response), this.target) ?? this.target;
    this.routes = routesOf(response).reverse();
  }

  /** Checks the peer's CSeq order and takes its new target, if it brings one (§12.2.2). */
  receiveRequest(request: SipRequest): DialogVerdict {
    if (this.currentState === 'ended') {
      return { ok: false, status: 481, reason: 'Call/Transaction Does Not Exist' };
    }
    const { sequence } = request.cseq;
    if (this.remoteSequence !== undefined && sequence < this.remoteSequence) {
      return { ok: false, status: 500, reason: 'CSeq Out Of Order' };
    }
    const hasContact = request.header('contact') !== undefined;
    if (TARGET_REFRESHERS.has(request.method) && hasContact) {
      const target = contactUri(request);
      if (target === undefined) return { ok: false, status: 400, reason: 'Malformed Contact' };
      this.target = target;
    }
    this.remoteSequence = sequence;
    return { ok: true };
  }

  /** Takes the target from a 2xx to a re-INVITE or UPDATE of ours (§12.2.1.2). */
  refreshTarget(response: SipResponse): void {
    this.target = sameText(contactUri(response), this.target) ?? this.target;
  }

  /** UAS: our 2xx went out. */
  confirm(): void {
    if (this.currentState === 'early') this.currentState = 'confirmed';
  }

  end(): void {
    this.currentState = 'ended';
  }

  snapshot(): DialogSnapshot {
    return {
      role: this.role,
      state: this.currentState,
      callId: this.callId,
      localTag: this.localTag,
      remoteTag: this.remoteTag,
      localAddress: this.localAddress,
      remoteAddress: this.remoteAddress,
      remoteTarget: this.target,
      routeSet: this.routes,
      localSequence: this.localSequence,
      remoteSequence: this.remoteSequence,
      flow: this.flow,
    };
  }

  private build(line: { method: string; sequence: number }, init: InDialogInit): SipRequest {
    const { uri, routes } = this.routing();
    return createRequest({
      method: line.method,
      uri,
      headers: {
        route: routes,
        from: `${this.localAddress};tag=${this.localTag}`,
        to:
          this.remoteTag === ''
            ? this.remoteAddress
            : `${this.remoteAddress};tag=${this.remoteTag}`,
        'call-id': this.callId,
        cseq: `${line.sequence} ${line.method}`,
        ...init.headers,
      },
      body: init.body,
    });
  }

  /** Request-URI and Routes; a first hop without `lr` is a strict router (§12.2.1.1). */
  private routing(): { uri: string; routes: readonly string[] } {
    const first = this.routes[0];
    const firstUri = first === undefined ? undefined : parseNameAddr(first)?.uri;
    if (firstUri === undefined) return { uri: this.target, routes: this.routes };
    if (parseSipUri(firstUri)?.params.has('lr')) return { uri: this.target, routes: this.routes };
    return { uri: firstUri, routes: [...this.routes.slice(1), `<${this.target}>`] };
  }
}
