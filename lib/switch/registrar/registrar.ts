import { parseNameAddr } from '@/lib/protocol/sip/name-addr';
import { flatText, fromWireText } from '@/lib/protocol/sip/text';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { parseSipUri } from '@/lib/protocol/sip/uri';
import type { BindingRecord } from '@/lib/services/registrations/types';
import type { AuthenticatedPhone, Authentication } from '@/lib/switch/authentication';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { SipStack } from '@/lib/switch/stack';
import type { Location } from './location';
import {
  type ContactRequest,
  decideRegister,
  MIN_EXPIRES_SECONDS,
  type RegisterRequest,
} from './rules';

export interface RegistrarOptions {
  readonly stack: SipStack;
  readonly directory: SwitchDirectory;
  readonly location: Location;
  readonly authentication: Authentication;
  readonly nodeId: string;
  onRefused(
    phone: AuthenticatedPhone,
    reason: 'suspended' | 'too_many_contacts',
    transaction: ServerTransaction,
  ): void;
}

/** Answers REGISTER (RFC 3261 §10.3). Knows nothing of calls or money. */
export class Registrar {
  private readonly options: RegistrarOptions;

  constructor(options: RegistrarOptions) {
    this.options = options;
  }

  register(transaction: ServerTransaction): void {
    const { stack, location, authentication, directory } = this.options;
    const phone = authentication.authenticate(transaction, transaction.request.to);
    if (!phone) return;
    const account = directory.accountById(phone.tenant.accountId);
    if (
      phone.extension.status !== 'active' ||
      phone.tenant.status !== 'active' ||
      account?.status === 'terminated'
    ) {
      this.options.onRefused(phone, 'suspended', transaction);
      transaction.respond(403, 'Suspended');
      return;
    }
    const request = this.read(transaction, phone);
    if (!request) {
      transaction.respond(400, 'Bad Contact');
      return;
    }
    const nowMs = stack.clock.nowMs();
    const { id } = phone.extension;
    const decision = decideRegister(location.lookup(id, nowMs), request, nowMs);
    if (decision.kind === 'refuse') {
      if (decision.status === 403) this.options.onRefused(phone, 'too_many_contacts', transaction);
      transaction.respond(decision.status, decision.reason, {
        headers: decision.status === 423 ? { 'min-expires': MIN_EXPIRES_SECONDS } : {},
      });
      return;
    }
    location.update(id, decision.upserts, decision.deletes);
    transaction.respond(200, 'OK', {
      headers: {
        contact: location.lookup(id, nowMs).map((binding) => contactOf(binding, nowMs)),
        date: new Date(nowMs).toUTCString(),
      },
    });
  }

  private read(
    transaction: ServerTransaction,
    phone: AuthenticatedPhone,
  ): RegisterRequest | undefined {
    const { request, flow } = transaction;
    const values = request.headers('contact');
    const star = values.includes('*');
    const contacts: ContactRequest[] = [];
    for (const value of values) {
      if (value === '*') continue;
      const address = parseNameAddr(value);
      if (!address || !parseSipUri(address.uri)) return undefined;
      contacts.push({
        uri: flatText(address.uri),
        expiresSeconds: secondsOf(address.params.get('expires')),
        instanceId: flatText(address.params.get('+sip.instance') ?? '') || null,
      });
    }
    return {
      extensionId: phone.extension.id,
      callId: flatText(request.callId),
      cseq: request.cseq.sequence,
      star,
      contacts,
      expiresSeconds: secondsOf(request.header('expires')),
      via: {
        nodeId: this.options.nodeId,
        flow: { ...flow },
        path: request.headers('path').map(flatText),
        userAgent: fromWireText(flatText(request.header('user-agent') ?? '')).slice(0, 256),
        address: flow.remote.address,
        port: flow.remote.port,
        transport: flow.transport,
      },
    };
  }
}

/** A malformed interval counts as none (RFC 3261 §10.2.1.1); more than a day is a day. */
function secondsOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,10}$/.test(text.trim())) return null;
  return Math.min(Number(text), 86_400);
}

function contactOf(binding: BindingRecord, nowMs: number): string {
  const left = Math.max(1, Math.round((binding.expiresAtMs - nowMs) / 1000));
  return `<${binding.contactUri}>;expires=${left}`;
}
