import { readFile } from 'node:fs/promises';
import type { AnnouncementName } from '@/lib/core/announcements';
import type { Logger } from '@/lib/infra/log';
import { readWav } from '@/lib/protocol/audio/wav';
import type { Sound } from '@/lib/switch/media/sound';
import { builtInMusic } from './built-in-music';
import { soundFiles } from './location';
import { bytesOf, renditionsOf, samplesOf } from './renditions';

/** The synthesiser speaks at −9 dBm0, people on telephones at −17. */
const SPEECH_GAIN = 0.4;
/** What was uploaded stays as loud as it is. */
const UPLOAD_GAIN = 1;
/** Of uploads in memory: nine pieces of five minutes; who was heard longest ago goes first. */
const MAX_UPLOADED_BYTES = 128 * 1_024 * 1_024;

/** What the switch has to say, as calls ask for it. */
export interface CallSounds {
  /**
   * Words of an account, or ours where it has none of its own; null where they can't be had: then a
   * call goes on without them.
   */
  announcement(name: AnnouncementName, accountId?: string): Promise<Sound | null>;
  /** What whoever is held by a phone of a tenant hears; null: nothing. */
  holdMusic(tenantId: string): Promise<Sound | null>;
}

/** Who has chosen what. */
export interface SoundChoices {
  tenantById(
    id: string,
  ): { readonly hasHoldMusic: boolean; readonly holdSoundId: string | null } | undefined;
  accountById(id: string): { readonly announcements: Readonly<Record<string, string>> } | undefined;
}

export interface SoundLibraryOptions {
  readonly choices: SoundChoices;
  /** The file of an uploaded sound; it never changes. */
  readonly load: (soundId: string) => Promise<Buffer>;
  readonly log: Logger;
  /** Where the built-in ones lie, if not beside this code. */
  readonly files?: URL;
}

/** Sounds in memory, each read and prepared when it is first asked for. */
export class SoundLibrary implements CallSounds {
  private readonly options: SoundLibraryOptions;
  private readonly files: URL;
  /** By name, or by an upload's id; the latest asked for last. */
  private readonly ready = new Map<string, Promise<Sound | null>>();
  /** What each upload takes, of those that are ready. */
  private readonly uploadedBytes = new Map<string, number>();

  constructor(options: SoundLibraryOptions) {
    this.options = options;
    this.files = options.files ?? soundFiles();
  }

  async announcement(name: AnnouncementName, accountId = ''): Promise<Sound | null> {
    const own = this.options.choices.accountById(accountId)?.announcements[name];
    return (own === undefined ? null : await this.uploaded(own)) ?? (await this.builtIn(name));
  }

  async holdMusic(tenantId: string): Promise<Sound | null> {
    const choice = this.options.choices.tenantById(tenantId);
    if (!choice?.hasHoldMusic) return null;
    const { holdSoundId } = choice;
    const own = holdSoundId === null ? null : await this.uploaded(holdSoundId);
    return own ?? (await this.once('music', async () => await renditionsOf(await builtInMusic())));
  }

  private builtIn(name: AnnouncementName): Promise<Sound | null> {
    return this.once(name, async () => {
      return await soundOf(await readFile(new URL(`${name}.wav`, this.files)), SPEECH_GAIN);
    });
  }

  private async uploaded(soundId: string): Promise<Sound | null> {
    const known = this.ready.get(soundId);
    if (known !== undefined) {
      this.ready.delete(soundId);
      this.ready.set(soundId, known);
      return await known;
    }
    return await this.once(soundId, async () => {
      const sound = await soundOf(await this.options.load(soundId), UPLOAD_GAIN);
      this.uploadedBytes.set(soundId, bytesOf(sound));
      this.makeRoom(soundId);
      return sound;
    });
  }

  private makeRoom(newest: string): void {
    let bytes = [...this.uploadedBytes.values()].reduce((sum, one) => sum + one, 0);
    for (const id of [...this.ready.keys()]) {
      if (bytes <= MAX_UPLOADED_BYTES) return;
      const own = this.uploadedBytes.get(id);
      if (own === undefined || id === newest) continue;
      this.ready.delete(id);
      this.uploadedBytes.delete(id);
      bytes -= own;
    }
  }

  /** What failed once is tried again the next time. */
  private once(name: string, make: () => Promise<Sound>): Promise<Sound | null> {
    const known = this.ready.get(name);
    if (known !== undefined) return known;
    const made = make().catch((error: unknown) => {
      this.options.log.error('sound.unreadable', { name, error });
      this.ready.delete(name);
      return null;
    });
    this.ready.set(name, made);
    return made;
  }
}

async function soundOf(wav: Buffer, gain: number): Promise<Sound> {
  const reading = readWav(wav);
  if (!reading.ok) throw new Error(reading.reason);
  return await renditionsOf(await samplesOf(reading.file, gain));
}
