import { numberOf } from '@/lib/core/call-plan/destination-number';
import type { CallRequest, PlannedCall } from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import { AppError } from '@/lib/core/errors';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import type { ExtensionRecord } from '@/lib/switch/directory/directory';
import { Call } from './call';
import { type CallingSide, factsOf, fruitlessResult } from './call-facts';
import { type CallEnding, NO_FORWARDS } from './call-start';
import type { CalleeLeg } from './callee-leg';
import { Conversation } from './conversation';
import { phonesOf } from './dial';
import type { CallEnvironment } from './environment';
import { applicationOf } from './features';
import { introduce } from './outbound-identity';
import { PhoneRinging, type RungPhone } from './phone-ringing';
import { planContext } from './plan-context';
import { ownProvenance } from './provenance';
import { SIP_REFUSALS } from './refusals';
import { runCall } from './run-call';
import { RungParty } from './rung-party';

/** How long somebody's own phone may ring until they take it. */
const RING_LIMIT_MS = 45_000;
/** Phones that ring for a call of their own at the same time. */
const MAX_UNDER_WAY = 500;

const CANCELLED = { status: 487, reason: 'Cancelled', q850: 16 } as const;

/** A call that its own phone is rung for. */
interface Origination {
  readonly callId: Uuid;
  readonly extension: ExtensionRecord;
  readonly asked: CallRequest;
  /** As it was planned when it was asked for; planned again when the phone is taken. */
  readonly plan: PlannedCall;
  readonly startedAtMs: number;
}

export interface OriginatorOptions {
  readonly environment: CallEnvironment;
  isDraining(): boolean;
}

/**
 * Calls that are asked for from elsewhere (the portal, the API): the extension's own phones ring, and
 * whoever takes it is put through as if it had dialled: same plan, same payer, reserved only then.
 */
export class Originator {
  private readonly options: OriginatorOptions;
  private readonly underWay = new Map<string, { extensionId: string; ringing: PhoneRinging }>();

  constructor(options: OriginatorOptions) {
    this.options = options;
  }

  /**
   * Begins to ring. Returns the id that the call will have, or the record of its failure. Throws the
   * code that the plan refuses it with; EXTENSION_NOT_REGISTERED where there is no phone to ring;
   * CONFLICT where the extension's phones ring for such a call already; FORBIDDEN for emergency
   * numbers, which are dialled on the phone itself; DRAINING; UNAVAILABLE.
   */
  begin(
    extension: ExtensionRecord,
    { dialled, callAs }: { readonly dialled: string; readonly callAs: string | null },
  ): Uuid {
    const { environment } = this.options;
    const { stack, charging } = environment;
    const startedAtMs = stack.clock.nowMs();
    const { tenantId, number } = extension;
    const origin = { kind: 'extension', tenantId, number } as const;
    const asked: CallRequest = { origin, dialled, callerId: callAs };
    if (this.options.isDraining()) throw new AppError('DRAINING', 'The switch is shutting down.');
    const plan = this.plan(asked);
    if (plan.callClass === 'emergency') {
      throw new AppError('FORBIDDEN', 'Emergency numbers are dialled on the phone itself.');
    }
    if (charging.isBehind || this.underWay.size >= MAX_UNDER_WAY) {
      throw new AppError('UNAVAILABLE', 'The switch is too busy. Try again in a few seconds.');
    }
    if ([...this.underWay.values()].some(({ extensionId }) => extensionId === extension.id)) {
      throw new AppError('CONFLICT', `The phone of ${number} rings for another call already.`);
    }
    const callId = newId(startedAtMs);
    const ringing = this.ring(extension, plan);
    this.underWay.set(callId, { extensionId: extension.id, ringing });
    this.follow({ callId, extension, asked, plan, startedAtMs }, ringing).catch(
      (error: unknown) => {
        stack.log.error('call.originate', { callId, error });
      },
    );
    return callId;
  }

  /** The extension whose phones ring for a call; undefined where none does. */
  extensionOf(callId: string): string | undefined {
    return this.underWay.get(callId)?.extensionId;
  }

  /** Stops ringing for a call. */
  cancel(callId: string): void {
    this.underWay.get(callId)?.ringing.giveUp(CANCELLED);
  }

  /** Stops all ringing. */
  close(): void {
    for (const callId of [...this.underWay.keys()]) this.cancel(callId);
  }

  /** Throws the code that it is refused with. */
  private plan(asked: CallRequest): PlannedCall {
    const { environment } = this.options;
    const plan = planCall(planContext(environment), asked, environment.stack.clock.nowMs());
    if (plan.kind === 'planned') return plan;
    // Its message may name accounts that the asker must not know of.
    throw new AppError(plan.code, `The call would be refused: ${plan.code}.`);
  }

  private ring(extension: ExtensionRecord, plan: PlannedCall): PhoneRinging {
    const { environment } = this.options;
    const { stack, directory, loops } = environment;
    const { id: extensionId, tenantId, number } = extension;
    const branches = phonesOf(environment, { extensionId, tenantId, number }, () => true);
    if (branches.length === 0) {
      throw new AppError('EXTENSION_NOT_REGISTERED', `No phone of ${number} is registered.`);
    }
    const tenant = directory.tenantById(tenantId);
    const { callClass, destination } = plan;
    const colleague =
      callClass === 'internal' && destination.kind === 'extension'
        ? directory.extensionById(destination.extensionId)
        : undefined;
    const { from, headers } = introduce({
      callerId: {
        number: colleague?.number ?? numberOf(destination),
        right: 'received',
        isWithheld: false,
      },
      ownName: colleague?.name ?? '',
      provenance: ownProvenance(loops.begin()),
      target: number,
      audience: {
        kind: 'phone',
        host: tenant?.domain ?? stack.publicAddress,
        country: tenant?.country ?? '',
      },
      loops,
    });
    return new PhoneRinging({
      ...{ stack, extensionId, branches, from, headers },
      limitMs: RING_LIMIT_MS,
    });
  }

  private async follow(origination: Origination, ringing: PhoneRinging): Promise<void> {
    const { environment } = this.options;
    const outcome = await ringing.outcome;
    this.underWay.delete(origination.callId);
    if (outcome.kind === 'answered') await putThrough(environment, origination, outcome);
    else {
      const { failure, legs } = outcome;
      const { status, q850 } = failure;
      const by = failure === CANCELLED ? 'switch' : 'caller';
      await recordFruitless(environment, origination, { legs, ending: { by, status, q850 } });
    }
  }
}

/** A phone was taken: it is told that it talks to nobody yet, and the call begins. */
async function putThrough(
  environment: CallEnvironment,
  origination: Origination,
  { leg, offer }: Extract<RungPhone, { kind: 'answered' }>,
): Promise<void> {
  const { callId, extension, asked } = origination;
  const { stack, usage, calls, events, loops } = environment;
  const conversation = new Conversation(environment, { sessionId: callId, leg });
  const giveUp = async (ending: CallEnding): Promise<void> => {
    leg.hangUp({ q850: ending.q850 ?? 16, text: ending.refusal?.code ?? 'media' });
    await conversation.media.close();
    await recordFruitless(environment, origination, { legs: [leg], ending });
  };
  try {
    await standAlone(conversation, leg, offer);
  } catch (error) {
    stack.log.info('call.originate', { callId, error });
    return await giveUp({ by: 'switch', status: 488, q850: 88 });
  }
  // It may also have left before anybody listened.
  if (conversation.isOver || leg.isEnded)
    return await giveUp({ by: 'caller', status: 487, q850: 16 });
  // Time has passed since it was asked for: what holds now counts.
  const startedAtMs = stack.clock.nowMs();
  const plan = planCall(planContext(environment), asked, startedAtMs);
  if (plan.kind === 'refused') {
    const { code, hopAccountId, message: text } = plan;
    const { status, q850 } = SIP_REFUSALS[code];
    stack.log.info('call.refused', { callId, code, hopAccountId });
    return await giveUp({
      ...{ by: 'switch', status, q850 },
      refusal: { code, hopAccountId, text },
    });
  }
  const call = new Call(environment, {
    callId,
    caller: new RungParty(conversation, leg),
    conversation,
    plan,
    facts: factsOf({ plan, from: sideOf(extension), asked, startedAtMs }),
    history: NO_FORWARDS,
    provenance: {
      ...ownProvenance(loops.begin()),
      house: { tenantId: extension.tenantId, name: extension.name },
    },
    entered: usage.enter(plan.subjects),
  });
  calls.set(callId, call);
  events.started(call);
  await runCall(call, applicationOf(plan));
}

/** Opens the media and answers the phone's offer with nobody on the other side. */
async function standAlone(
  conversation: Conversation,
  leg: CalleeLeg,
  offer: Buffer,
): Promise<void> {
  try {
    conversation.open();
    leg.acknowledge(await conversation.media.host(leg, offer));
  } catch (error) {
    leg.acknowledge(null);
    throw error;
  }
}

function sideOf({ id, number }: ExtensionRecord): CallingSide {
  return { extensionId: id, number };
}

/** No call came of it; its record says why. */
async function recordFruitless(
  { charging, stack }: CallEnvironment,
  { callId, extension, asked, plan, startedAtMs }: Origination,
  { legs, ending }: { readonly legs: readonly CalleeLeg[]; readonly ending: CallEnding },
): Promise<void> {
  await charging.settle(
    fruitlessResult({
      callId,
      facts: factsOf({ plan, from: sideOf(extension), asked, startedAtMs }),
      legs: legs.map((leg) => leg.result(null)),
      endedAtMs: stack.clock.nowMs(),
      ending,
    }),
  );
}
