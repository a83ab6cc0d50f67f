import type { CallFact, HopFact } from '@/lib/control/facts';
import { formatMicro, formatPerMinute } from '@/lib/core/money';
import { inChargedCurrency } from '@/lib/core/rating/charged';
import type { Settlement } from '@/lib/services/charging/types';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { Call } from './call';

const STATE_OF_PHASE = {
  dialling: 'dialling',
  ringing: 'ringing',
  talking: 'answered',
  over: 'ended',
} as const;

/** A call as the portal is told of it; who may see which part is decided there. */
export function callFactOf(
  call: Call,
  directory: SwitchDirectory,
  settlement?: Settlement,
): CallFact {
  const { facts } = call;
  const trunkId = call.trunkId;
  const outside = { name: null, extensionId: null, tenantId: null, accountPath: null };
  const partyOf = (extensionId: string | null, number: string): CallFact['from'] => {
    const extension = extensionId === null ? undefined : directory.extensionById(extensionId);
    const tenant = extension && directory.tenantById(extension.tenantId);
    const account = tenant && directory.accountById(tenant.accountId);
    if (!extension || !account) return { ...outside, number };
    return {
      number,
      name: extension.name,
      extensionId: extension.id,
      tenantId: extension.tenantId,
      accountPath: account.path,
    };
  };
  return {
    callId: call.callId,
    class: facts.callClass,
    state: STATE_OF_PHASE[call.phase],
    from: partyOf(facts.fromExtensionId, facts.fromNumber),
    to: partyOf(facts.toExtensionId, facts.toNumber),
    dialled: facts.dialled,
    destination: facts.destination,
    payerAccountPath:
      facts.payerAccountId === null
        ? null
        : (directory.accountById(facts.payerAccountId)?.path ?? null),
    trunkId,
    carrierId: trunkId === null ? null : (directory.trunkById(trunkId)?.carrierId ?? null),
    hops: hopFactsOf(call, settlement),
    startedAtMs: facts.startedAtMs,
    ringingAtMs: call.ringingAt,
    answeredAtMs: call.answeredAt,
    endedAtMs: call.endedAt,
    recordings: call.environment.recorder?.statesOf(call) ?? [],
  };
}

/** The paths of all accounts that have to do with a call: who may see it at all. */
export function concernedPaths(fact: CallFact, directory: SwitchDirectory): readonly string[] {
  const paths = [fact.payerAccountPath, fact.from.accountPath, fact.to.accountPath];
  for (const hop of fact.hops) paths.push(directory.accountById(hop.buyerAccountId)?.path ?? null);
  return paths.filter((path) => path !== null);
}

function hopFactsOf(call: Call, settlement: Settlement | undefined): HopFact[] {
  return call.facts.hops.flatMap((hop, index) => {
    if (!hop.rate) return [];
    const charge = settlement?.charges.find((each) => each.hop === index);
    const rate = inChargedCurrency(hop.rate);
    return [
      {
        hop: index,
        buyerAccountId: hop.buyerAccountId,
        sellerAccountId: hop.sellerAccountId,
        currency: rate.currency,
        perMinute: formatPerMinute(rate.nextPerMinuteNano),
        connectFee: formatMicro(rate.connectFeeMicro),
        firstIncrementSeconds: rate.firstSeconds,
        nextIncrementSeconds: rate.nextSeconds,
        freeSeconds: rate.freeSeconds,
        amount: charge ? formatMicro(charge.amountMicro) : null,
      },
    ];
  });
}
