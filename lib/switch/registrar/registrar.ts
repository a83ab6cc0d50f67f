import { quote } from '@/lib/protocol/sip/parameters';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { isReliable } from '@/lib/protocol/sip/transport';
import type { AuthenticatedPhone, Authentication } from '@/lib/switch/authentication';
import type { SipStack } from '@/lib/switch/stack';
import type { Binding } from './binding';
import type { GoneBinding, Location } from './location';
import { mayBeReached, type ReachDirectory } from './reach';
import { readRegister } from './read-register';
import { decideRegister, MIN_EXPIRES_SECONDS, type Removal } from './rules';

/** Option tags that a REGISTER may require of us (RFC 3327, RFC 5626). */
export const REGISTER_OPTIONS: ReadonlySet<string> = new Set(['path', 'outbound']);

/** Supported of every answer. */
export const SUPPORTED = [...REGISTER_OPTIONS].join(', ');
const NO_GONE: readonly GoneBinding[] = [];

/**
 * How long a flow may be silent before its phone should have spoken: CRLFCRLF on a stream (RFC
 * 5626 §4.4.1 says 120), STUN over UDP (§4.4.2: NATs forget in 30).
 */
const FLOW_TIMER_SECONDS = { stream: 120, udp: 29 };

export interface RegistrarOptions {
  readonly stack: SipStack;
  readonly directory: ReachDirectory;
  readonly location: Location;
  readonly authentication: Pick<Authentication, 'authenticate'>;
  onRefused(
    phone: AuthenticatedPhone,
    reason: 'suspended' | 'too_many_contacts',
    transaction: ServerTransaction,
  ): void;
}

/** Answers REGISTER (RFC 3261 §10.3). Knows nothing of calls or money. */
export class Registrar {
  private readonly options: RegistrarOptions;
  private readonly dates = new Dates();

  constructor(options: RegistrarOptions) {
    this.options = options;
  }

  register(transaction: ServerTransaction): void {
    const { stack, location, authentication, directory, onRefused } = this.options;
    const phone = authentication.authenticate(transaction, transaction.request.to);
    if (!phone) return;
    const { id } = phone.extension;
    if (!mayBeReached(directory, id)) {
      onRefused(phone, 'suspended', transaction);
      transaction.respond(403, 'Suspended');
      return;
    }
    const read = readRegister(transaction.request, transaction.flow, id);
    if (read.kind === 'refuse') {
      transaction.respond(read.status, read.reason);
      return;
    }
    const nowMs = stack.clock.nowMs();
    const decision = decideRegister(location.lookup(id, nowMs), read.request, nowMs);
    if (decision.kind === 'refuse') {
      if (decision.status === 403) onRefused(phone, 'too_many_contacts', transaction);
      transaction.respond(decision.status, decision.reason, {
        headers: decision.status === 423 ? { 'min-expires': MIN_EXPIRES_SECONDS } : {},
      });
      return;
    }
    location.update(
      id,
      decision.upserts,
      decision.removals.length === 0 ? NO_GONE : decision.removals.map(goneOf),
    );
    this.accept(transaction, location.lookup(id, nowMs), read.isOutbound);
  }

  /** 200 with all bindings, whoever made them (§10.3 step 8). */
  private accept(
    transaction: ServerTransaction,
    bindings: readonly Binding[],
    isOutbound: boolean,
  ): void {
    const nowMs = this.options.stack.clock.nowMs();
    const { request, flow } = transaction;
    const flowTimer = isReliable(flow) ? FLOW_TIMER_SECONDS.stream : FLOW_TIMER_SECONDS.udp;
    transaction.respond(200, 'OK', {
      headers: {
        contact: bindings.map((binding) => contactOf(binding, nowMs)),
        // RFC 3327 §5.3: the phone sees by which way it will be called.
        path: request.headers('path'),
        supported: SUPPORTED,
        ...(isOutbound ? { require: 'outbound', 'flow-timer': flowTimer } : {}),
        date: this.dates.at(nowMs),
      },
    });
  }
}

/** The Date of answers, written once a second. */
export class Dates {
  private second = Number.NaN;
  private text = '';

  at(nowMs: number): string {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.second) {
      this.second = second;
      this.text = new Date(nowMs).toUTCString();
    }
    return this.text;
  }
}

function goneOf({ binding, isReplaced }: Removal): GoneBinding {
  return { binding, cause: isReplaced ? 'replaced' : 'unregistered' };
}

/** How long a binding is good for, as answers tell it. */
export function secondsLeft(binding: Binding, nowMs: number): number {
  return Math.max(1, Math.floor((binding.expiresAtMs - nowMs) / 1000));
}

/** A binding as answers tell it. */
export function contactOf(binding: Binding, nowMs: number): string {
  const instance = binding.instanceId === '' ? '' : `;+sip.instance=${quote(binding.instanceId)}`;
  const regId = binding.regId === 0 ? '' : `;reg-id=${binding.regId}`;
  return `<${binding.contactUri}>${instance}${regId};expires=${secondsLeft(binding, nowMs)}`;
}
