import {
  decideRecording,
  type RecordingDecision,
  type RecordingRule,
} from '@/lib/core/recording-policy';
import type { RecordingSettings } from '@/lib/services/configuration/types';
import type { Call } from '@/lib/switch/call/call';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';

/** What of a call decides whether it is recorded. */
export interface RecordedCall {
  readonly callId: string;
  readonly facts: Pick<
    Call['facts'],
    'callClass' | 'tenantId' | 'peerTenantId' | 'fromExtensionId' | 'toExtensionId'
  >;
  readonly trunkId: string | null;
  readonly caller: { readonly leg: { readonly identity: { readonly trunkId: string | null } } };
}

/** A tenant in a call, and whether the call may be recorded for it. */
export interface RecordedSide {
  readonly tenantId: string;
  readonly accountId: string;
  /** Its own extensions; null: that side is not its. */
  readonly fromExtensionId: string | null;
  readonly toExtensionId: string | null;
  readonly settings: RecordingSettings | null;
  readonly decision: RecordingDecision;
}

const OFF = { consent: 'off', format: 'wav', isSealed: true, isFull: false } as const;

/** The tenants in a call: its own, and where it leads to another's extension that one. */
export function recordedSides(call: RecordedCall, directory: SwitchDirectory): RecordedSide[] {
  const { tenantId, peerTenantId } = call.facts;
  const ids =
    peerTenantId === null || peerTenantId === tenantId ? [tenantId] : [tenantId, peerTenantId];
  return ids.flatMap((id) => {
    const other = ids.find((one) => one !== id);
    return sideOf(call, directory, { tenantId: id, otherId: other ?? null });
  });
}

function sideOf(
  call: RecordedCall,
  directory: SwitchDirectory,
  { tenantId, otherId }: { readonly tenantId: string; readonly otherId: string | null },
): RecordedSide[] {
  const tenant = directory.tenantById(tenantId);
  if (tenant === undefined) return [];
  const { facts } = call;
  const own = (id: string | null) => {
    const extension = id === null ? undefined : directory.extensionById(id);
    return extension?.tenantId === tenantId ? extension : undefined;
  };
  const [from, to] = [own(facts.fromExtensionId), own(facts.toExtensionId)];
  // The trunks of a call are those of its own side; the other knows nothing of them.
  const trunkIds =
    tenantId === facts.tenantId ? [call.trunkId, call.caller.leg.identity.trunkId] : [];
  const rules: (RecordingRule | null | undefined)[] = [from?.recording, to?.recording];
  for (const id of trunkIds) rules.push(id === null ? null : directory.trunkById(id)?.recording);
  const settings = tenant.recording ?? null;
  const { consent, isFull } = settings ?? OFF;
  const other = otherId === null ? null : (directory.tenantById(otherId)?.recording ?? OFF);
  return [
    {
      tenantId,
      accountId: tenant.accountId,
      fromExtensionId: from?.id ?? null,
      toExtensionId: to?.id ?? null,
      settings,
      decision: decideRecording({
        isEmergency: facts.callClass === 'emergency',
        own: {
          consent,
          isFull,
          rules: rules.filter((rule) => rule !== null && rule !== undefined),
        },
        other,
      }),
    },
  ];
}
