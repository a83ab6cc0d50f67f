import { parseParameters } from './parameters';

/** Why a subscription is over (RFC 6665 §4.1.3). */
export type TerminationReason = 'timeout' | 'deactivated' | 'rejected' | 'noresource';

/** A subscription as its notifier sees it (RFC 6665 §4.2). Accepted at once, so never pending. */
export type SubscriptionState =
  | { readonly kind: 'active'; readonly expiresAtMs: number }
  | { readonly kind: 'terminated'; readonly reason: TerminationReason }
  /** Its subscriber is not there any more: nobody is told. */
  | { readonly kind: 'forgotten' };

export type SubscriptionEvent =
  /** SUBSCRIBE, the first or a refresh; 0 seconds only fetches or ends (§4.2.1.4, §4.4.3). */
  | { readonly type: 'subscribed'; readonly expiresSeconds: number; readonly nowMs: number }
  | { readonly type: 'expired' }
  /** The notifier's own will. */
  | { readonly type: 'ended'; readonly reason: TerminationReason }
  /** What the subscriber answered to a NOTIFY; 408 where it did not. */
  | { readonly type: 'answered'; readonly status: number };

/** The state after an event, and whether a NOTIFY must tell it now. */
export interface SubscriptionStep {
  readonly state: SubscriptionState;
  readonly notify: boolean;
}

/** Answers to a NOTIFY that end the subscription (RFC 6665 §4.2.2, RFC 5057 §5.1, table 2). */
const FATAL_ANSWERS: ReadonlySet<number> = new Set([
  404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 502, 604,
]);

/** The notifier's machine: what a subscription becomes. What has ended stays so. */
export function advanceSubscription(
  state: SubscriptionState,
  event: SubscriptionEvent,
): SubscriptionStep {
  if (state.kind !== 'active') return { state, notify: false };
  switch (event.type) {
    case 'subscribed':
      // §4.2.1.2: each SUBSCRIBE that is accepted is followed by a NOTIFY at once.
      return event.expiresSeconds === 0
        ? ended('timeout')
        : {
            state: { kind: 'active', expiresAtMs: event.nowMs + event.expiresSeconds * 1000 },
            notify: true,
          };
    case 'expired':
      // §4.2.2: a subscription that runs out is told to.
      return ended('timeout');
    case 'ended':
      return ended(event.reason);
    case 'answered':
      return FATAL_ANSWERS.has(event.status)
        ? { state: { kind: 'forgotten' }, notify: false }
        : { state, notify: false };
  }
}

function ended(reason: TerminationReason): SubscriptionStep {
  return { state: { kind: 'terminated', reason }, notify: true };
}

/** The Subscription-State header (§8.2.3) of a NOTIFY. */
export function subscriptionStateValue(
  state: Exclude<SubscriptionState, { kind: 'forgotten' }>,
  nowMs: number,
): string {
  if (state.kind === 'terminated') return `terminated;reason=${state.reason}`;
  return `active;expires=${Math.max(0, Math.ceil((state.expiresAtMs - nowMs) / 1000))}`;
}

/** An Event header: the package and the id that tells subscriptions of one dialog apart (§8.2.1). */
export interface EventHeader {
  readonly name: string;
  readonly id: string | undefined;
}

/** Reads an Event header; undefined where it is none. */
export function parseEvent(text: string): EventHeader | undefined {
  const semicolon = text.indexOf(';');
  const name = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  const params = parseParameters(semicolon < 0 ? '' : text.slice(semicolon));
  if (params === undefined || !/^[a-z0-9\-.!%*_+`'~]{1,64}$/.test(name)) return undefined;
  return { name, id: params.get('id') };
}

/** How long a subscription lasts, or what to tell whoever asks for less (§4.2.1.1, 423). */
export function grantInterval(
  asked: number | null,
  bounds: {
    readonly minSeconds: number;
    readonly maxSeconds: number;
    readonly defaultSeconds: number;
  },
): { readonly ok: true; readonly seconds: number } | { readonly ok: false } {
  const seconds = asked ?? bounds.defaultSeconds;
  if (seconds === 0) return { ok: true, seconds: 0 };
  if (seconds < bounds.minSeconds) return { ok: false };
  return { ok: true, seconds: Math.min(seconds, bounds.maxSeconds) };
}
