import { readFile } from 'node:fs/promises';
import type { AnnouncementName } from '@/lib/core/announcements';
import type { Logger } from '@/lib/infra/log';
import { readWav } from '@/lib/protocol/audio/wav';
import type { Sound } from '@/lib/switch/media/sound';
import { builtInMusic } from './built-in-music';
import { soundFiles } from './location';
import { renditionsOf, samplesOf } from './renditions';

/** The synthesiser speaks at −9 dBm0, people on telephones at −17. */
const SPEECH_GAIN = 0.4;

/** What the switch has to say, as calls ask for it. */
export interface CallSounds {
  /** Words of ours; null where they can't be had: then a call goes on without them. */
  announcement(name: AnnouncementName): Promise<Sound | null>;
  /** What whoever is held by a phone of a tenant hears; null: nothing. */
  holdMusic(tenantId: string): Promise<Sound | null>;
}

/** Whether a tenant has music for whom its phones hold. */
export interface MusicChoice {
  tenantById(id: string): { readonly hasHoldMusic: boolean } | undefined;
}

/** Sounds in memory, each read and prepared when it is first asked for. */
export class SoundLibrary implements CallSounds {
  private readonly tenants: MusicChoice;
  private readonly log: Logger;
  private readonly files: URL;
  /** By name: as many as there are built in. */
  private readonly ready = new Map<string, Promise<Sound | null>>();

  constructor(options: { readonly tenants: MusicChoice; readonly log: Logger; files?: URL }) {
    this.tenants = options.tenants;
    this.log = options.log;
    this.files = options.files ?? soundFiles();
  }

  announcement(name: AnnouncementName): Promise<Sound | null> {
    return this.once(name, async () => {
      const reading = readWav(await readFile(new URL(`${name}.wav`, this.files)));
      if (!reading.ok) throw new Error(reading.reason);
      return await renditionsOf(await samplesOf(reading.file, SPEECH_GAIN));
    });
  }

  async holdMusic(tenantId: string): Promise<Sound | null> {
    if (this.tenants.tenantById(tenantId)?.hasHoldMusic !== true) return null;
    return await this.once('music', async () => await renditionsOf(await builtInMusic()));
  }

  /** What failed once is tried again the next time. */
  private once(name: string, make: () => Promise<Sound>): Promise<Sound | null> {
    const known = this.ready.get(name);
    if (known !== undefined) return known;
    const made = make().catch((error: unknown) => {
      this.log.error('sound.unreadable', { name, error });
      this.ready.delete(name);
      return null;
    });
    this.ready.set(name, made);
    return made;
  }
}
