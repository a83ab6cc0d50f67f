import type { Clock } from '@/lib/core/clock';
import { createSealer } from '@/lib/infra/crypto';
import type { Env } from '@/lib/infra/env';
import type { Logger } from '@/lib/infra/log';
import type { ServicesDatabase } from '@/lib/services/database';
import { adoptCaptures } from '@/lib/services/recordings/adopt-captures';
import { captureDirectory, makeCaptureDirectory } from '@/lib/services/recordings/capture-place';
import type { Call } from '@/lib/switch/call/call';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { MediaEngine } from '@/lib/switch/media/engine';
import type { CallSounds } from '@/lib/switch/sounds/library';
import { Recorder } from './recorder';
import { RecordingNotes } from './recording-notes';

export interface RecordingRoomOptions {
  readonly env: Pick<Env, 'dataDir' | 'nodeId' | 'secretKey'>;
  readonly database: ServicesDatabase;
  readonly directory: SwitchDirectory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly media: MediaEngine;
  readonly sounds: Pick<CallSounds, 'announcement'>;
  /** How a call is recorded has changed. */
  readonly onChange: (call: Call) => void;
}

/** All that recording takes: who decides, where it lies, what is written of it. */
export class RecordingRoom {
  readonly recorder: Recorder;
  private readonly options: RecordingRoomOptions;
  private readonly captures: string;
  private readonly notes: RecordingNotes;

  constructor(options: RecordingRoomOptions) {
    const { env, database, directory, clock, log, media, onChange } = options;
    this.options = options;
    this.captures = captureDirectory(env.dataDir);
    this.notes = new RecordingNotes({ database, log });
    this.recorder = new Recorder({
      ...{ directory, clock, log, onChange, nodeId: env.nodeId, captures: this.captures },
      engine: media.recorder,
      sealer: createSealer(env.secretKey),
      note: (note) => this.notes.add(note),
      announcement: (accountId) => options.sounds.announcement('call-recorded', accountId),
    });
  }

  /** Hands what an earlier life captured and did not finish to the worker; before the first call. */
  async start(): Promise<void> {
    const { env, database, clock, log } = this.options;
    makeCaptureDirectory(this.captures);
    const place = { nodeId: env.nodeId, directory: this.captures, nowMs: clock.nowMs() };
    // Read before it is needed: who waits for it is on the phone.
    void this.options.sounds.announcement('call-recorded');
    if (!this.options.media.recorder) log.info('recording.unavailable', {});
    const found = await adoptCaptures(database, place);
    if (found > 0) log.info('recording.adopted', { found });
  }

  /** When the last call has ended, and media goes on still: a moment for what is being written. */
  async close(): Promise<void> {
    await this.recorder.close();
    await this.notes.close();
  }
}
