import type { Logger } from '@/lib/infra/log';
import type { ServicesDatabase } from '@/lib/services/database';
import { noteRecordings } from '@/lib/services/recordings/note-recordings';
import type { RecordingNote } from '@/lib/services/recordings/types';

/** Notes written together at most. */
const MAX_GROUP = 200;
/** Notes that wait while the database is away; what is lost is found on disk at the next start. */
const MAX_WAITING = 20_000;
const RETRY_MS = 2_000;

/** Writes down behind the calls which recordings began and ended. */
export class RecordingNotes {
  private readonly database: ServicesDatabase;
  private readonly log: Logger;
  private waiting: RecordingNote[] = [];
  private running: Promise<void> | undefined;
  private isClosed = false;

  constructor(options: { database: ServicesDatabase; log: Logger }) {
    this.database = options.database;
    this.log = options.log;
  }

  add(note: RecordingNote): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.log.warn('recording.note_lost', { recordingId: note.header.id });
      return;
    }
    this.waiting.push(note);
    this.running ??= this.run();
  }

  /** Writes what waits, if the database takes it. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    // Those of the same turn of the loop go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.waiting.slice(0, MAX_GROUP);
      try {
        await noteRecordings(this.database, group);
        this.waiting = this.waiting.slice(group.length);
      } catch (error) {
        this.log.warn('recording.note', { waiting: this.waiting.length, error });
        if (this.isClosed) break;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.running = undefined;
  }
}
