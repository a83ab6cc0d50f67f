import { CONFIG_KINDS } from '@/lib/core/config-kinds';
import type { Logger } from '@/lib/infra/log';
import { listenForChanges } from '@/lib/services/configuration/listen-for-changes';
import { loadChanges } from '@/lib/services/configuration/load-changes';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { reportObserved } from '@/lib/services/configuration/report-observed';
import type {
  ConfigChecksums,
  ConfigExtension,
  ConfigObjects,
  ConfigRef,
  ConfigWatermark,
} from '@/lib/services/configuration/types';
import type { ServicesDatabase } from '@/lib/services/database';
import type { SwitchDecks } from './decks';
import { recordsOf, type SwitchDirectory } from './directory';

/** NOTIFY is lossy: changes are also looked for this often, and the copy is checked against sums. */
const CHECK_EVERY_MS = 15_000;

export interface SyncOptions {
  readonly database: ServicesDatabase;
  readonly databaseUrl: string;
  readonly nodeId: string;
  readonly directory: SwitchDirectory;
  readonly decks: SwitchDecks;
  readonly log: Logger;
  /** After each round: what is now applied. Removed objects come with their tombstone's generation. */
  onApplied(refs: readonly ConfigRef[]): void;
  /** An extension has another secret: whoever registered with the old one has to come again. */
  onNewSecret(extensionId: string): void;
}

/**
 * Keeps the directory equal to the database: everything once at start, what changed at each notice
 * and every 15 s, everything again when the sums disagree. Reports what it applied.
 */
export class DirectorySync {
  private readonly options: SyncOptions;
  private watermark: ConfigWatermark | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private listener: { close(): Promise<void> } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private agreedAtMs: number | null = null;

  constructor(options: SyncOptions) {
    this.options = options;
  }

  /** When the copy last agreed with the database; null before the first reading. */
  get checkedAtMs(): number | null {
    return this.agreedAtMs;
  }

  /** Loads everything; then follows changes until `stop`. */
  async start(): Promise<void> {
    await this.loadAll();
    const { databaseUrl, log } = this.options;
    this.listener = listenForChanges({
      url: databaseUrl,
      onChange: () => this.poke(),
      onError: (error) => log.warn('config.listen_lost', { error: error.message }),
    });
    this.timer = setInterval(() => this.poke(), CHECK_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.listener?.close();
    await this.running;
  }

  /** Looks for changes now; while it is looking, once more afterwards. */
  poke(): void {
    if (this.stopped) return;
    if (this.running !== undefined) {
      this.again = true;
      return;
    }
    this.running = this.round()
      .catch((error: unknown) => {
        this.options.log.error('config.read_failed', { error });
      })
      .finally(() => {
        this.running = undefined;
        if (!this.again) return;
        this.again = false;
        this.poke();
      });
  }

  private async loadAll(): Promise<void> {
    const { database, directory, log } = this.options;
    const all = await loadDirectory(database);
    for (const kind of CONFIG_KINDS) {
      const wanted = new Set(idsOf(all, kind));
      for (const id of [...directory.records(kind).keys()]) {
        if (!wanted.has(id)) this.remove({ kind, objectId: id, generation: 0n });
      }
    }
    const refs = await this.apply(all);
    this.watermark = all.watermark;
    this.agreedAtMs = Date.now();
    log.info('config.loaded', { objects: refs.length });
    await this.report(refs);
  }

  private async round(): Promise<void> {
    const { database, directory, log } = this.options;
    if (this.watermark === undefined) return;
    const changes = await loadChanges(database, this.watermark);
    const fresh = changes.deleted.filter((ref) => directory.records(ref.kind).has(ref.objectId));
    for (const ref of fresh) this.remove(ref);
    const refs = await this.apply(changes.changed);
    this.watermark = changes.watermark;
    await this.report([...refs, ...fresh]);
    const drifted = this.driftedKinds(changes.checksums);
    if (drifted.length === 0) {
      this.agreedAtMs = Date.now();
      return;
    }
    log.warn('config.drift', { kinds: drifted });
    await this.loadAll();
  }

  private async apply(objects: ConfigObjects): Promise<ConfigRef[]> {
    const { directory, decks } = this.options;
    const refs: ConfigRef[] = [];
    for (const change of recordsOf(objects)) {
      const { kind, record } = change;
      const known = directory.records(kind).get(record.id);
      if (known?.generation === record.generation) continue;
      if (kind === 'rate_deck') await decks.bring(record);
      if (change.kind === 'extension' && isNewSecret(directory, change.record)) {
        this.options.onNewSecret(record.id);
      }
      directory.put(change);
      refs.push({ kind, objectId: record.id, generation: record.generation });
    }
    return refs;
  }

  private remove(ref: ConfigRef): void {
    this.options.directory.remove(ref.kind, ref.objectId);
    if (ref.kind === 'rate_deck') this.options.decks.drop(ref.objectId);
  }

  private async report(refs: readonly ConfigRef[]): Promise<void> {
    if (refs.length === 0) return;
    await reportObserved(this.options.database, this.options.nodeId, refs);
    this.options.onApplied(refs);
  }

  private driftedKinds(sums: ConfigChecksums): string[] {
    return CONFIG_KINDS.filter((kind) => {
      let sum = 0n;
      let count = 0;
      for (const record of this.options.directory.records(kind).values()) {
        sum += record.generation;
        count += 1;
      }
      return count !== sums[kind].count || sum !== sums[kind].generationSum;
    });
  }
}

function isNewSecret(directory: SwitchDirectory, record: ConfigExtension): boolean {
  const known = directory.extensionById(record.id);
  return known !== undefined && !known.secretSealed.equals(record.secretSealed);
}

function idsOf(objects: ConfigObjects, kind: (typeof CONFIG_KINDS)[number]): string[] {
  const ids: string[] = [];
  for (const change of recordsOf(objects)) if (change.kind === kind) ids.push(change.record.id);
  return ids;
}
