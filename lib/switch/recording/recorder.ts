import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@/lib/core/clock';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { RecordingRefusal } from '@/lib/core/recording-policy';
import type { Sealer } from '@/lib/infra/crypto';
import type { Logger } from '@/lib/infra/log';
import { capturePath, newCapture } from '@/lib/services/recordings/capture-place';
import type { NewCaptureHeader, RecordingNote } from '@/lib/services/recordings/types';
import type { Call } from '@/lib/switch/call/call';
import type { Conversation } from '@/lib/switch/call/conversation';
import type { CallEvents, CallRecorder } from '@/lib/switch/call/environment';
import type { Leg } from '@/lib/switch/call/leg';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { MediaRecorder } from '@/lib/switch/media/media-recorder';
import type { Sound } from '@/lib/switch/media/sound';
import { CallRecording, type RecordingPhase } from './call-recording';
import { type RecordedSide, recordedSides } from './recorded-sides';

/** How long a stop waits for what is being written. */
const LAST_MOMENT_MS = 3_000;
/** Who can hear nothing just now (on hold, being transferred) is told a little later. */
const TELL_AGAIN_MS = 1_000;
const MAX_TELLINGS = 5;

const REFUSALS: Readonly<Record<RecordingRefusal, string>> = {
  off: 'Calls of this tenant are not recorded: its settings say so.',
  off_at_other_side: 'The other side does not let calls be recorded.',
  never: 'Calls of this extension, its plan or its trunk are never recorded.',
  emergency: 'Calls for help are never recorded.',
  full: 'Recordings take all the room they have: delete some, or allow more.',
};

export interface RecorderOptions {
  /** Undefined: the media engine keeps nothing. */
  readonly engine: MediaRecorder | undefined;
  readonly directory: SwitchDirectory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodeId: string;
  /** Where captures are kept. */
  readonly captures: string;
  readonly sealer: Sealer;
  readonly note: (note: RecordingNote) => void;
  /** "This call is recorded"; null: there is no such sound. */
  readonly announcement: (accountId: string) => Promise<Sound | null>;
  /** How a call is recorded has changed. */
  readonly onChange: (call: Call) => void;
}

/** What is recorded of a conversation. */
interface Recorded {
  /** By tenant: one of each at a time, however many of its calls are linked here. */
  readonly recordings: Map<string, CallRecording>;
  /** Tenants for whom somebody ended it: no rule begins anew. */
  readonly stopped: Set<string>;
  /** Legs that have heard that they are recorded. */
  readonly told: Map<Leg, Promise<boolean>>;
}

/** How a recording stands after somebody has done something to it. */
export type ControlledState = Exclude<RecordingPhase, 'over'> | 'stopped';

/** What somebody may do to the recording of a call. */
export type RecordingAction = 'start' | 'stop' | 'pause' | 'resume';

/**
 * Records calls: by rule from the answer on, or when somebody asks for it. Each tenant in a call has
 * a recording of its own. Where both sides have to know, nothing is kept before both have been told,
 * and whoever joins later is not heard before it has been. Whatever fails here, the call goes on.
 */
export class Recorder implements CallRecorder {
  private readonly options: RecorderOptions;
  private readonly byConversation = new Map<Conversation, Recorded>();
  private readonly ending = new Set<Promise<unknown>>();

  constructor(options: RecorderOptions) {
    this.options = options;
  }

  /** Calls that are recorded now, or are told so. */
  get size(): number {
    let count = 0;
    for (const { recordings } of this.byConversation.values()) count += recordings.size;
    return count;
  }

  /** The same events; what is over is not recorded any more. */
  watching(events: CallEvents): CallEvents {
    return {
      ...events,
      over: (call) => {
        events.over(call);
        this.over(call);
      },
    };
  }

  connected(conversation: Conversation): void {
    const recorded = this.byConversation.get(conversation);
    const [one, other] = conversation.talking;
    if (one === undefined || other === undefined) return;
    for (const recording of recorded?.recordings.values() ?? []) {
      recording.connected(one, other);
      if (recording.consent === 'all_party' && recorded) void this.tell(conversation, recording);
      else recording.place();
    }
    this.review(conversation);
  }

  absorbed(conversation: Conversation): void {
    const recorded = this.byConversation.get(conversation);
    this.byConversation.delete(conversation);
    for (const recording of recorded?.recordings.values() ?? []) this.finish(recording);
  }

  pressed(conversation: Conversation, legId: string, key: string): void {
    const recorded = this.byConversation.get(conversation);
    if (recorded === undefined) return;
    const leg = conversation.talking.find((one) => one.id === legId);
    const tenantId = this.tenantOf(leg);
    const recording = tenantId === undefined ? undefined : recorded.recordings.get(tenantId);
    if (leg === undefined || !recording?.press(leg, key)) return;
    this.changed(conversation);
  }

  statesOf(call: Call): ReturnType<CallRecorder['statesOf']> {
    const recorded = this.byConversation.get(call.conversation);
    if (recorded === undefined) return [];
    const { tenantId, peerTenantId } = call.facts;
    return [tenantId, peerTenantId].flatMap((id) => {
      const recording = id === null ? undefined : recorded.recordings.get(id);
      if (recording === undefined || recording.phase === 'over') return [];
      return [{ accountId: recording.side.accountId, state: recording.phase }];
    });
  }

  /**
   * Does to the recording of a call what its account's people ask for. Throws NOT_FOUND where none of
   * the account's tenants is in it, FORBIDDEN where it may not be recorded, CONFLICT where nothing is.
   */
  control(call: Call, accountId: string, action: RecordingAction): ControlledState {
    const { conversation } = call;
    const side = recordedSides(call, this.options.directory).find(
      (one) => one.accountId === accountId,
    );
    if (side === undefined) throw new AppError('NOT_FOUND', 'There is no such call in progress.');
    if (action === 'start') return this.start(call, side);
    const recording = this.byConversation.get(conversation)?.recordings.get(side.tenantId);
    if (recording === undefined) {
      if (action === 'stop') return 'stopped';
      throw new AppError('CONFLICT', 'The call is not being recorded.');
    }
    if (action === 'pause') recording.pause();
    else if (action === 'resume') recording.resume();
    else this.stop(conversation, recording);
    this.changed(conversation);
    return stateOf(recording);
  }

  /** Waits a moment for what is being written. */
  async close(): Promise<void> {
    for (const conversation of [...this.byConversation.keys()]) this.absorbed(conversation);
    const late = new Promise((resolve) => setTimeout(resolve, LAST_MOMENT_MS).unref());
    await Promise.race([Promise.allSettled(this.ending), late]);
  }

  private start(call: Call, side: RecordedSide): ControlledState {
    const { conversation } = call;
    const { decision } = side;
    if (decision.kind === 'refused') throw new AppError('FORBIDDEN', REFUSALS[decision.reason]);
    if (this.options.engine === undefined) {
      throw new AppError('UNAVAILABLE', 'Media does not pass this switch: it can not record.');
    }
    const [one, other] = conversation.talking;
    if (one === undefined || other === undefined) {
      throw new AppError('CONFLICT', 'Nobody talks in this call yet.');
    }
    const recorded = this.recordedOf(conversation);
    const running = recorded.recordings.get(side.tenantId);
    if (running !== undefined) return stateOf(running);
    recorded.stopped.delete(side.tenantId);
    const recording = this.begin(call, side, false);
    this.changed(conversation);
    return recording ? stateOf(recording) : 'stopped';
  }

  private stop(conversation: Conversation, recording: CallRecording): void {
    const recorded = this.recordedOf(conversation);
    recorded.stopped.add(recording.side.tenantId);
    recorded.recordings.delete(recording.side.tenantId);
    this.finish(recording);
  }

  /** Begins what a rule says and nobody has ended. */
  private review(conversation: Conversation): void {
    for (const call of conversation.members) {
      if (call.isOver || call.answeredAt === null || !this.mayRecord(call)) continue;
      for (const side of recordedSides(call, this.options.directory)) {
        const { decision, tenantId } = side;
        if (decision.kind === 'refused' || !decision.isAutomatic) continue;
        if (this.options.engine === undefined) {
          this.options.log.warn('recording.impossible', { callId: call.callId, tenantId });
          continue;
        }
        const recorded = this.byConversation.get(conversation);
        if (recorded?.recordings.has(tenantId) || recorded?.stopped.has(tenantId)) continue;
        if (this.begin(call, side, true)) this.options.onChange(call);
      }
    }
  }

  /** Most calls are of tenants that record nothing: they cost a look at two of them. */
  private mayRecord({ facts: { tenantId, peerTenantId } }: Call): boolean {
    const { directory } = this.options;
    const isOn = (id: string | null) => id !== null && directory.tenantById(id)?.recording != null;
    return isOn(tenantId) || isOn(peerTenantId);
  }

  private begin(call: Call, side: RecordedSide, isAutomatic: boolean): CallRecording | undefined {
    const { decision } = side;
    const { conversation } = call;
    const [one, other] = conversation.talking;
    if (decision.kind === 'refused' || this.options.engine === undefined) return undefined;
    if (one === undefined || other === undefined) return undefined;
    const { consent } = decision;
    const isTurned = other === call.caller.leg;
    const legs = isTurned ? { caller: other, callee: one } : { caller: one, callee: other };
    const recording = new CallRecording(
      { call, side, consent, isAutomatic },
      legs,
      this.options.clock,
    );
    this.recordedOf(conversation).recordings.set(side.tenantId, recording);
    conversation.media.onKey = (legId, key) => this.pressed(conversation, legId, key);
    if (consent === 'all_party') void this.tell(conversation, recording);
    else this.keep(conversation, recording);
    return recording;
  }

  /** Nothing is kept of whoever has not been told; where telling is not possible, nothing at all. */
  private async tell(conversation: Conversation, recording: CallRecording): Promise<void> {
    const { told } = this.recordedOf(conversation);
    const legs = recording.legs;
    recording.hush();
    const known = legs.map((leg) => {
      const telling = told.get(leg) ?? this.announce(conversation, leg, recording.side.accountId);
      told.set(leg, telling);
      return telling;
    });
    const answers = await Promise.all(known);
    const isCurrent =
      recording.phase !== 'over' && legs.every((leg) => recording.legs.includes(leg));
    if (!isCurrent) return;
    if (answers.every((wasTold) => wasTold)) {
      if (recording.phase === 'announcing') this.keep(conversation, recording);
      else recording.place();
      this.changed(conversation);
      return;
    }
    this.options.log.warn('recording.untold', { callId: recording.call.callId });
    this.stop(conversation, recording);
    this.changed(conversation);
  }

  private async announce({ media }: Conversation, leg: Leg, accountId: string): Promise<boolean> {
    try {
      const sound = await this.options.announcement(accountId);
      if (sound === null) return false;
      for (let telling = 1; leg.isTalking; telling += 1) {
        if (await media.play(leg.id, { sound, times: 1 })) return true;
        if (telling === MAX_TELLINGS) return false;
        await pause(TELL_AGAIN_MS);
      }
      return false;
    } catch (error) {
      this.options.log.warn('recording.announcement', { error });
      return false;
    }
  }

  private keep(conversation: Conversation, recording: CallRecording): void {
    const { engine, captures, sealer, log } = this.options;
    const { side, call } = recording;
    const isSealed = side.settings?.isSealed !== false;
    const made = newCapture(this.headerOf(recording), isSealed ? sealer : null);
    const { header, head, key } = made;
    const order = { captureId: header.id, path: capturePath(captures, header.id), head, key };
    const capture = engine?.begin(conversation.media.session, order);
    if (!capture) {
      log.warn('recording.no_session', { callId: call.callId });
      this.stop(conversation, recording);
      return;
    }
    recording.begin(header, capture);
    this.options.note({ header, state: 'capturing', endedAtMs: null, incomplete: false });
  }

  private over(call: Call): void {
    const { conversation } = call;
    const recorded = this.byConversation.get(conversation);
    if (recorded === undefined) return;
    for (const [tenantId, recording] of recorded.recordings) {
      if (recording.call !== call) continue;
      recorded.recordings.delete(tenantId);
      this.finish(recording);
    }
    // Calls that end together are told one after the other: a recording waits for its own.
    if (!conversation.isOver) this.review(conversation);
    else if (recorded.recordings.size === 0) this.byConversation.delete(conversation);
  }

  private headerOf({ side, call, consent, isAutomatic }: CallRecording): NewCaptureHeader {
    const startedAtMs = this.options.clock.nowMs();
    return {
      id: newId(startedAtMs),
      callId: call.callId,
      accountId: side.accountId,
      tenantId: side.tenantId,
      nodeId: this.options.nodeId,
      fromExtensionId: side.fromExtensionId,
      toExtensionId: side.toExtensionId,
      consent,
      automatic: isAutomatic,
      format: side.settings?.format ?? 'wav',
      startedAtMs,
    };
  }

  private finish(recording: CallRecording): void {
    const { header } = recording;
    const endedAtMs = this.options.clock.nowMs();
    const written = recording.end();
    if (header === undefined || written === null) {
      // Somebody hung up rather than be recorded, or could not be told: that it was so is noted.
      const nothing = { ...this.headerOf(recording), sealedKey: null };
      this.options.note({ header: nothing, state: 'discarded', endedAtMs, incomplete: false });
      return;
    }
    const noted = written.then((result) => {
      const incomplete = result?.isIncomplete ?? true;
      const state = result?.bytes === 0 ? ('failed' as const) : ('processing' as const);
      this.options.note({ header, state, endedAtMs, incomplete });
    });
    this.ending.add(noted);
    void noted.finally(() => this.ending.delete(noted));
  }

  private recordedOf(conversation: Conversation): Recorded {
    const known = this.byConversation.get(conversation);
    if (known) return known;
    const fresh = { recordings: new Map(), stopped: new Set<string>(), told: new Map() };
    this.byConversation.set(conversation, fresh);
    return fresh;
  }

  private tenantOf(leg: Leg | undefined): string | undefined {
    const { directory } = this.options;
    return directory.extensionById(leg?.identity.extensionId ?? '')?.tenantId;
  }

  private changed(conversation: Conversation): void {
    for (const call of conversation.members) this.options.onChange(call);
  }
}

function stateOf({ phase }: CallRecording): ControlledState {
  return phase === 'over' ? 'stopped' : phase;
}
