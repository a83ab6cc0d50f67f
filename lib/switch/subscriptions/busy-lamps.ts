import { appended } from '@/lib/core/appended';
import { TextTable } from '@/lib/core/text-table.server';
import { escapeUser } from '@/lib/protocol/sip/uri';
import type { Call } from '@/lib/switch/call/call';
import type { CallEvents } from '@/lib/switch/call/environment';
import { PickupNames } from '@/lib/switch/call/pickup-names';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { WatchedDialog, WatchedExtension } from './dialog-info';

const NONE: readonly LampCall[] = [];

/** Calls of one extension that are told; a phone has fewer lines than that. */
const MAX_DIALOGS = 8;

/** What a lamp needs to know of a call. */
export interface LampCall extends Pick<Call, 'callId' | 'phase' | 'isWith'> {
  readonly facts: Pick<Call['facts'], 'fromExtensionId' | 'toExtensionId'>;
}

/** Which extensions are in which calls now: what their watchers' lamps show. */
export class BusyLamps {
  private readonly directory: SwitchDirectory;
  /** By what their watchers pick calls up that ring. */
  readonly pickups: PickupNames;
  private readonly calls = new TextTable<readonly LampCall[]>();
  private onChange: (extensionId: string) => void = () => undefined;

  constructor(directory: SwitchDirectory, pickupKey: Buffer) {
    this.directory = directory;
    this.pickups = new PickupNames(pickupKey);
  }

  /** Tells one listener of each change. */
  listen(onChange: (extensionId: string) => void): void {
    this.onChange = onChange;
  }

  /** The same events, looked at on their way. */
  watching(events: CallEvents): CallEvents {
    return {
      started: (call) => {
        events.started(call);
        this.begun(call);
      },
      ringing: (call) => {
        events.ringing(call);
        this.changed(call);
      },
      answered: (call) => {
        events.answered(call);
        this.changed(call);
      },
      left: (call) => {
        events.left(call);
        this.changed(call);
      },
      over: (call) => {
        events.over(call);
        this.over(call);
      },
      ended: (call) => events.ended(call),
    };
  }

  /** What the watchers of an extension are told; undefined where there is no such extension. */
  of(extensionId: string): WatchedExtension | undefined {
    const entity = this.uriOf(extensionId);
    if (entity === undefined) return undefined;
    const calls = this.calls.get(extensionId) ?? [];
    const dialogs = calls.flatMap((call) => this.dialogsOf(call, extensionId));
    return { entity, dialogs: dialogs.slice(0, MAX_DIALOGS) };
  }

  /** A call began: it counts until it is over. */
  begun(call: LampCall): void {
    for (const id of partiesOf(call)) {
      this.calls.set(id, appended(this.calls.get(id) ?? NONE, call));
    }
    this.changed(call);
  }

  /** A call is over. */
  over(call: LampCall): void {
    for (const id of partiesOf(call)) {
      const rest = this.calls.get(id)?.filter((each) => each !== call) ?? [];
      if (rest.length > 0) this.calls.set(id, rest);
      else this.calls.delete(id);
    }
    this.changed(call);
  }

  /** A call rings now, or is answered. */
  changed(call: LampCall): void {
    for (const id of partiesOf(call)) this.onChange(id);
  }

  private dialogsOf(call: LampCall, extensionId: string): WatchedDialog[] {
    const { fromExtensionId, toExtensionId } = call.facts;
    const dialogs: WatchedDialog[] = [];
    const isTalking = call.phase === 'talking';
    const isRinging = call.phase === 'ringing';
    if (fromExtensionId === extensionId && call.isWith('from')) {
      dialogs.push({
        id: `${call.callId}-out`,
        direction: 'initiator',
        state: isTalking ? 'confirmed' : isRinging ? 'early' : 'trying',
        peer: this.peerOf(extensionId, toExtensionId),
      });
    }
    // Whoever is called is busy from the moment that its phone rings.
    const isCalled = toExtensionId === extensionId && call.isWith('to');
    if (isCalled && (isTalking || isRinging)) {
      dialogs.push({
        id: `${call.callId}-in`,
        direction: 'recipient',
        state: isTalking ? 'confirmed' : 'early',
        peer: this.peerOf(extensionId, fromExtensionId),
        pickup: isRinging ? this.pickups.of(call.callId) : undefined,
      });
    }
    return dialogs;
  }

  /** Who it talks to, where that is a colleague; who else calls is the call's own business. */
  private peerOf(extensionId: string, otherId: string | null): WatchedDialog['peer'] {
    const own = this.directory.extensionById(extensionId);
    const other = otherId === null ? undefined : this.directory.extensionById(otherId);
    const uri = otherId === null ? undefined : this.uriOf(otherId);
    if (!own || !other || uri === undefined || own.tenantId !== other.tenantId) return null;
    return { uri, name: other.name };
  }

  private uriOf(extensionId: string): string | undefined {
    const extension = this.directory.extensionById(extensionId);
    const tenant = extension && this.directory.tenantById(extension.tenantId);
    return tenant && `sip:${escapeUser(extension.number)}@${tenant.domain}`;
  }
}

function partiesOf(call: LampCall): ReadonlySet<string> {
  const { fromExtensionId, toExtensionId } = call.facts;
  return new Set([fromExtensionId, toExtensionId].filter((id) => id !== null));
}
