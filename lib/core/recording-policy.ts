/**
 * Who has to agree that a tenant's calls are recorded. `off`: nothing ever is. `one_party`: it is
 * enough that the tenant wants it. `all_party`: both sides hear that they are, before anything is kept.
 */
export const RECORDING_CONSENTS = ['off', 'one_party', 'all_party'] as const;
export type RecordingConsent = (typeof RECORDING_CONSENTS)[number];

/** What is said of an extension's, a trunk's or a plan's calls. */
export const RECORDING_RULES = ['never', 'on_demand', 'always'] as const;
export type RecordingRule = (typeof RECORDING_RULES)[number];

/** One tenant's side of a call. */
export interface RecordingSide {
  readonly consent: RecordingConsent;
  /** Of its extensions in the call, their plans, and the trunks that the call takes. */
  readonly rules: readonly RecordingRule[];
  /** It has used up the room that it has for recordings. */
  readonly isFull: boolean;
}

/** Why a call is not recorded. */
export type RecordingRefusal = 'off' | 'off_at_other_side' | 'never' | 'emergency' | 'full';

/** Whether a call may be recorded for a tenant, by which consent, and whether it is by itself. */
export type RecordingDecision =
  | { readonly kind: 'refused'; readonly reason: RecordingRefusal }
  | {
      readonly kind: 'allowed';
      readonly consent: Exclude<RecordingConsent, 'off'>;
      /** false: only where somebody asks for it. */
      readonly isAutomatic: boolean;
    };

const refused = (reason: RecordingRefusal): RecordingDecision => ({ kind: 'refused', reason });

/**
 * Decides for one tenant's side. `other`: the tenant at the other side of a call between two, whose
 * consent counts as well: the stricter of both. A call for help is never recorded: nobody shall have
 * to listen to an announcement first.
 */
export function decideRecording(asked: {
  readonly isEmergency: boolean;
  readonly own: RecordingSide;
  readonly other: Pick<RecordingSide, 'consent'> | null;
}): RecordingDecision {
  const { isEmergency, own, other } = asked;
  if (own.consent === 'off') return refused('off');
  if (other?.consent === 'off') return refused('off_at_other_side');
  if (isEmergency) return refused('emergency');
  if (own.rules.includes('never')) return refused('never');
  if (own.isFull) return refused('full');
  const needsAll = own.consent === 'all_party' || other?.consent === 'all_party';
  return {
    kind: 'allowed',
    consent: needsAll ? 'all_party' : 'one_party',
    isAutomatic: own.rules.includes('always'),
  };
}
