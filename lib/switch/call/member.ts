import type { CallRequest, PlannedCall } from '@/lib/core/call-plan/plan';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { ExtensionRecord, SwitchDirectory } from '@/lib/switch/directory/directory';
import { readParties } from '@/lib/switch/trunks/numbers';
import type { CallingSide } from './call-facts';
import type { LegIdentity } from './leg-record';

/**
 * Somebody of a tenant who may have calls made by the tenant's rights and out of its wallet: an
 * extension, or the tenant's own PBX. A carrier is nobody's.
 */
export type TenantMember =
  | { readonly kind: 'extension'; readonly tenantId: string; readonly extension: ExtensionRecord }
  | { readonly kind: 'pbx'; readonly tenantId: string; readonly trunk: ConfigTrunk };

/** An extension as a member of its tenant. */
export function asMember(extension: ExtensionRecord): TenantMember {
  return { kind: 'extension', tenantId: extension.tenantId, extension };
}

/** A trunk as a member of the tenant that it belongs to; undefined for a carrier's. */
export function trunkAsMember(trunk: ConfigTrunk): TenantMember | undefined {
  if (trunk.tenantId === null || trunk.carrierId !== null) return undefined;
  return { kind: 'pbx', tenantId: trunk.tenantId, trunk };
}

/** Whose leg it is; undefined for a carrier's, and for one whose owner is gone. */
export function memberOf(
  directory: Pick<SwitchDirectory, 'extensionById' | 'trunkById'>,
  { extensionId, trunkId }: Pick<LegIdentity, 'extensionId' | 'trunkId'>,
): TenantMember | undefined {
  const extension = extensionId === null ? undefined : directory.extensionById(extensionId);
  if (extension) return asMember(extension);
  const trunk = trunkId === null ? undefined : directory.trunkById(trunkId);
  return trunk && trunkAsMember(trunk);
}

/** What a number means that a member wrote: a PBX has its own prefixes. */
export function readDialled(member: TenantMember, written: string): string {
  if (member.kind === 'extension') return written;
  return readParties(member.trunk, { dialled: written, callerId: null }).dialled;
}

/** What is asked for where a member dials. */
export function askedBy(member: TenantMember, dialled: string): CallRequest {
  const origin =
    member.kind === 'extension'
      ? ({ kind: 'extension', tenantId: member.tenantId, number: member.extension.number } as const)
      : ({ kind: 'trunk', trunkId: member.trunk.id } as const);
  return { origin, dialled, callerId: null };
}

/** A member as the calling side of a call's record; a PBX is known by the number that it shows. */
export function sideOfMember(
  member: TenantMember,
  { callerId }: Pick<PlannedCall, 'callerId'>,
): CallingSide {
  if (member.kind === 'extension') {
    return { extensionId: member.extension.id, number: member.extension.number };
  }
  return trunkSide(callerId);
}

/** A trunk as the calling side: a withheld number is no more for the record than for a phone. */
export function trunkSide({ number, isWithheld }: PlannedCall['callerId']): CallingSide {
  return { extensionId: null, number: (isWithheld ? null : number) ?? 'anonymous' };
}
