import type { Flow } from '@/lib/protocol/sip/transport';
import type {
  ExtensionRecord,
  SwitchDirectory,
  TenantRecord,
} from '@/lib/switch/directory/directory';
import type { Binding } from './binding';

/** How a phone is reached: by the flow it registered on, through the proxies it named. */
export interface PhoneTarget {
  readonly uri: string;
  readonly flow: Flow;
  /** Route values, the nearest proxy first (RFC 3327 §5.4); none where it speaks to us itself. */
  readonly routes: readonly string[];
  /** Other flows of the same phone, to be tried when this one fails (RFC 5626 §5.3). */
  readonly alternatives: readonly PhoneTarget[];
}

/**
 * One target a phone, however many flows it has: two at once would ring it twice (RFC 5626 §5.3).
 * The next hop is always the flow's far end, never an address taken out of a Path or a Contact:
 * those can name anybody.
 */
export function phoneTargets(bindings: readonly Binding[]): readonly PhoneTarget[] {
  const phones = new Map<string, Binding[]>();
  for (const [index, binding] of bindings.entries()) {
    const phone = binding.instanceId === '' ? `${index}` : binding.instanceId;
    const flows = phones.get(phone);
    if (flows) flows.push(binding);
    else phones.set(phone, [binding]);
  }
  return [...phones.values()].flatMap((flows) => {
    const [first, ...others] = flows;
    if (!first) return [];
    const alternatives = others.map((flow) => targetOf(flow, []));
    return [targetOf(first, alternatives)];
  });
}

/** Whether a failure of one flow says nothing of the phone: another of its flows may do. */
export function isFlowFailure(status: number): boolean {
  // 430 Flow Failed (RFC 5626 §11.3); 408 and 503 are what our own stack makes of a dead one.
  return status === 430 || status === 408 || status === 503;
}

/** What says whether somebody may register. */
export type ReachDirectory = Pick<SwitchDirectory, 'extensionById' | 'tenantById' | 'accountById'> &
  Partial<Pick<SwitchDirectory, 'awaitsCallback'>>;

/**
 * Whether an extension may register and stay registered: it, its tenant and account are in service,
 * or it called for help within the hour and may be called back.
 */
export function mayBeReached(directory: ReachDirectory, extensionId: string): boolean {
  const extension = directory.extensionById(extensionId);
  const tenant = extension && directory.tenantById(extension.tenantId);
  if (extension === undefined || tenant === undefined) return false;
  return (
    isInService(directory, extension, tenant) || directory.awaitsCallback?.(extensionId) === true
  );
}

/** The same of an extension and its tenant that are at hand. */
export function isInService(
  directory: Pick<ReachDirectory, 'accountById'>,
  extension: Pick<ExtensionRecord, 'status'>,
  tenant: Pick<TenantRecord, 'status' | 'accountId'>,
): boolean {
  if (extension.status !== 'active' || tenant.status !== 'active') return false;
  const account = directory.accountById(tenant.accountId);
  return account !== undefined && account.status !== 'terminated';
}

function targetOf(binding: Binding, alternatives: readonly PhoneTarget[]): PhoneTarget {
  const { contactUri, flow, path } = binding;
  return { uri: contactUri, flow, routes: path, alternatives };
}
