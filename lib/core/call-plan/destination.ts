import {
  type DialledProblem,
  type E164,
  normaliseDialled,
  parseDialled,
} from '@/lib/core/phone-number';
import { checkStatus, type Side, sideOf } from './chain';
import { type Feature, featureOf } from './feature-codes';
import type { Destination, PlannedAttempt, RefusedCall } from './plan';
import { isRefused, refuse } from './refusal';
import type { AccountView, Directory, ExtensionView } from './views';

/** An extension or a PBX that is to be rung, and how it was reached. */
export interface Delivery {
  readonly side: Side;
  /** null: a tenant's PBX, which knows its numbers itself. */
  readonly extension: ExtensionView | null;
  readonly destination: Destination;
  readonly attempt: PlannedAttempt;
}

/** What a dialled text means to its caller. */
export type Resolved =
  | ({ readonly kind: 'internal' } & Delivery)
  | ({ readonly kind: 'onnet'; readonly e164: E164 } & Delivery)
  | { readonly kind: 'outbound'; readonly e164: E164 }
  | { readonly kind: 'feature'; readonly feature: Feature; readonly digits: string };

const PROBLEMS: Readonly<Record<DialledProblem, string>> = {
  not_a_number: 'it is not a telephone number',
  feature_code: 'no such feature code',
  unknown_country_code: 'no country has this code',
  too_short: 'it is too short',
  too_long: 'it is too long',
  wrong_length: 'no number looks like this',
};

function deliver(side: Side, extension: ExtensionView, e164: E164 | null): Delivery {
  const { id: extensionId, tenantId, number } = extension;
  return {
    side,
    extension,
    destination: { kind: 'extension', tenantId, extensionId, number, e164 },
    attempt: { kind: 'extension', tenantId, extensionId, number },
  };
}

/** A number that is delivered as it was dialled to its tenant's PBX: nothing is bought for it. */
function deliverToPbx(side: Side, trunkId: string, e164: E164): Delivery {
  return {
    side,
    extension: null,
    destination: { kind: 'e164', e164 },
    attempt: {
      kind: 'trunk',
      trunkId,
      carrierId: null,
      number: e164,
      buy: null,
      cost300Micro: 0n,
      price300Micro: null,
    },
  };
}

/** A number of ours that rings nowhere. Says nothing about whose it is. */
function notInService(e164: E164, hop: AccountView | null): RefusedCall {
  const message = `${e164} is not in service`;
  return refuse({ code: 'DESTINATION_UNKNOWN', hop, message, detail: { destination: e164 } });
}

/**
 * Where one of our numbers leads; null = it is none of ours. One that leads nowhere, or to somebody
 * suspended, is not in service, and never sent out to a carrier (it would come back).
 */
export function deliveryOf(
  directory: Directory,
  e164: E164,
  hop: AccountView | null,
): Delivery | RefusedCall | null {
  const number = directory.numberByE164(e164);
  if (!number) return null;
  const tenant =
    number.inService && number.tenantId !== null
      ? directory.tenantById(number.tenantId)
      : undefined;
  const pbx = number.trunkId === null ? undefined : directory.trunkById(number.trunkId);
  if (tenant && pbx && pbx.tenantId === tenant.id && pbx.status === 'active') {
    const owner = sideOf(directory, tenant);
    return checkStatus(owner, null) ? notInService(e164, hop) : deliverToPbx(owner, pbx.id, e164);
  }
  const extension =
    number.extensionId === null ? undefined : directory.extensionById(number.extensionId);
  if (!tenant || !extension || extension.tenantId !== tenant.id) return notInService(e164, hop);
  const side = sideOf(directory, tenant);
  if (checkStatus(side, extension)) return notInService(e164, hop);
  return deliver(side, extension, e164);
}

/** Reads what a caller dialled: its own extensions first, then codes, then numbers. */
export function resolveDestination(
  directory: Directory,
  caller: Side,
  dialled: string,
): Resolved | RefusedCall {
  const digits = parseDialled(dialled);
  const own = digits === null ? undefined : directory.extension(caller.tenant.id, digits);
  if (own) {
    const suspended = checkStatus(caller, own);
    return suspended ?? { kind: 'internal', ...deliver(caller, own, null) };
  }
  const feature = featureOf(digits);
  if (digits !== null && feature !== undefined) return { kind: 'feature', feature, digits };
  const read = normaliseDialled(dialled, { country: caller.tenant.country });
  if (!read.ok) {
    return refuse({
      code: 'DESTINATION_UNKNOWN',
      hop: caller.account,
      message: `"${dialled}" can't be called: ${PROBLEMS[read.reason]}`,
      detail: { dialled, reason: read.reason },
    });
  }
  const { e164 } = read;
  const delivery = deliveryOf(directory, e164, caller.account);
  if (delivery === null) return { kind: 'outbound', e164 };
  if (isRefused(delivery)) return delivery;
  if (delivery.side.tenant.id === caller.tenant.id) return { kind: 'internal', ...delivery };
  return { kind: 'onnet', e164, ...delivery };
}
