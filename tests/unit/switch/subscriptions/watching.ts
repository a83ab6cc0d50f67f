import type { SipRequest } from '@/lib/protocol/sip/message';
import { parseNameAddr } from '@/lib/protocol/sip/name-addr';
import type { LampCall } from '@/lib/switch/subscriptions/busy-lamps';
import type { Phone } from '@/tests/unit/switch/phone';

export const DIALOG = { event: 'dialog', accept: 'application/dialog-info+xml' };
export const MWI = { event: 'message-summary', accept: 'application/simple-message-summary' };

let attempts = 0;

/** SUBSCRIBE as a phone sends it; its Call-ID is new each time. */
export function subscribe(phone: Phone, target: string, headers: Readonly<Record<string, string>>) {
  attempts += 1;
  return phone.ask('SUBSCRIBE', target, {
    contact: phone.contact,
    expires: '600',
    'call-id': `watch-${attempts}`,
    ...headers,
  });
}

/** A further SUBSCRIBE within the dialog that a response made. */
export function again(phone: Phone, made: ReturnType<typeof subscribe>, expires: number) {
  const target = parseNameAddr(made.header('contact') ?? '')?.uri ?? '';
  return phone.ask('SUBSCRIBE', target, {
    contact: phone.contact,
    to: made.header('to') ?? '',
    'call-id': made.callId,
    event: 'dialog',
    expires,
  });
}

export const bodyOf = (request: SipRequest | undefined): string => request?.body.toString() ?? '';
export const stateOf = (request: SipRequest | undefined): string =>
  request?.header('subscription-state') ?? '';
/** The version of each document that a phone was sent. */
export const versionsOf = (phone: Phone) =>
  phone.requests.map((one) => Number(/version="(\d+)"/.exec(bodyOf(one))?.[1]));

/** A call that a test moves on by hand. */
export function callBetween(from: string | null, to: string | null) {
  const call: { -readonly [Key in keyof LampCall]: LampCall[Key] } = {
    callId: '0190a000-0000-7000-8000-000000000001' as LampCall['callId'],
    phase: 'dialling',
    facts: { fromExtensionId: from, toExtensionId: to },
    isWith: () => true,
  };
  return { call };
}
