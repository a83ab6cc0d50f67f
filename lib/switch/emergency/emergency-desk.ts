import { CALLBACK_MS, placeOfHelp } from '@/lib/core/call-plan/emergency';
import type { Clock } from '@/lib/core/clock';
import { isEmergencyTest } from '@/lib/core/emergency';
import type { Logger } from '@/lib/infra/log';
import type { ServicesDatabase } from '@/lib/services/database';
import {
  loadOpenCallbacks,
  recordEmergencyCall,
  type StartedEmergencyCall,
} from '@/lib/services/emergency/record-emergency-call';
import type { Call } from '@/lib/switch/call/call';
import type { CallEvents } from '@/lib/switch/call/environment';
import type { Chores } from '@/lib/switch/chores';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';

/** How often what could not be written is tried again. */
const WRITE_MS = 1_000;
/** Calls that wait to be written at most: beyond that the database is gone for good. */
const MAX_WAITING = 1_000;

export interface EmergencyDeskOptions {
  readonly database: ServicesDatabase;
  readonly directory: SwitchDirectory;
  readonly clock: Clock;
  readonly log: Logger;
  /** How a call is written down; the services' way unless a test says otherwise. */
  readonly record?: (call: StartedEmergencyCall) => Promise<void>;
}

/**
 * Sees to what follows a call for help: whoever calls the number that was shown rings through for an
 * hour, also after a restart; the call is written down with its place, and the tenant's people are
 * told. None of it holds up the call.
 */
export class EmergencyDesk {
  private readonly options: EmergencyDeskOptions;
  private readonly record: (call: StartedEmergencyCall) => Promise<void>;
  private readonly waiting: StartedEmergencyCall[] = [];
  private isWriting = false;

  constructor(options: EmergencyDeskOptions) {
    this.options = options;
    this.record = options.record ?? ((call) => recordEmergencyCall(options, call));
  }

  /** Learns who may still be called back, and writes from then on what waits. */
  async start(chores: Chores): Promise<void> {
    const { database, directory, clock } = this.options;
    chores.every(WRITE_MS, () => {
      directory.callbacks.sweep(clock.nowMs());
      return this.flush();
    });
    for (const callback of await loadOpenCallbacks(database, clock.nowMs())) {
      directory.callbacks.note(callback);
    }
  }

  /** Passes on what happens to calls, and looks out for those for help. */
  watching(events: CallEvents): CallEvents {
    return {
      ...events,
      started: (call) => {
        if (call.facts.callClass === 'emergency') this.started(call);
        events.started(call);
      },
    };
  }

  /** Writes what waits; what fails waits on. */
  async flush(): Promise<void> {
    if (this.isWriting) return;
    this.isWriting = true;
    try {
      for (let call = this.waiting[0]; call; call = this.waiting[0]) {
        await this.record(call);
        this.waiting.shift();
      }
    } finally {
      this.isWriting = false;
    }
  }

  private started({ callId, facts, shown, caller }: Call): void {
    const { directory, log } = this.options;
    const tenant = directory.tenantById(facts.tenantId);
    if (!tenant || isEmergencyTest(tenant.country, facts.toNumber)) return;
    const { fromExtensionId: extensionId, accountId, tenantId, startedAtMs } = facts;
    const extension = extensionId === null ? null : (directory.extensionById(extensionId) ?? null);
    const { locationId } = placeOfHelp(directory, { tenant, extension });
    const untilMs = startedAtMs + CALLBACK_MS;
    const shownNumber = shown.number;
    const { trunkId } = caller.facts();
    if (shownNumber !== null) {
      directory.callbacks.note({ e164: shownNumber, tenantId, extensionId, trunkId, untilMs });
    }
    log.warn('emergency.called', { callId, accountId, hasPlace: locationId !== null });
    if (this.waiting.length === MAX_WAITING) this.waiting.shift();
    this.waiting.push({
      ...{
        callId,
        accountId,
        tenantId,
        extensionId,
        trunkId,
        locationId,
        shownNumber,
        startedAtMs,
      },
      digits: facts.toNumber,
      callbackUntilMs: untilMs,
    });
    this.flush().catch((error: unknown) => log.warn('emergency.not_written', { callId, error }));
  }
}
