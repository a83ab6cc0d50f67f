import type { Playback } from '@/lib/switch/media/sound';
import { toneOf, warningTone } from '@/lib/switch/sounds/tones';
import type { CallMedia } from './call-media';
import type { Leg } from './leg';

/** What of ours a leg is to hear; the later ones come first. */
interface Due {
  music: Playback | null;
  ringback: Playback | null;
}

/**
 * What the parties of a conversation hear of us: music while they are held, ringback while whoever
 * they are transferred to rings, a signal before the money ends. One at a time, and what it took the
 * place of comes back.
 */
export class OwnSounds {
  private readonly media: CallMedia;
  private readonly due = new Map<string, Due>();

  constructor(media: CallMedia) {
    this.media = media;
  }

  /** Somebody holds the leg: it hears music until `resumed`. */
  held({ id }: Leg, music: Playback): void {
    const due = this.dueOf(id);
    if (due.music !== null) return;
    due.music = music;
    if (due.ringback === null) this.begin(id);
  }

  resumed({ id }: Leg): void {
    const due = this.due.get(id);
    if (!due || due.music === null) return;
    due.music = null;
    if (due.ringback === null) this.begin(id);
  }

  /** The one that the leg is transferred to rings, as the network of a country has it. */
  ringing({ id }: Leg, country: string): void {
    const due = this.dueOf(id);
    if (due.ringback !== null) return;
    due.ringback = toneOf('ringback', country);
    this.begin(id);
  }

  /** It rings no more: answered, heard by itself, or given up. */
  rangOut({ id }: Leg): void {
    const due = this.due.get(id);
    if (!due || due.ringback === null) return;
    due.ringback = null;
    this.begin(id);
  }

  /** A short signal, whatever the leg hears. */
  async warn({ id }: Leg): Promise<void> {
    await this.media.play(id, warningTone());
    if (this.due.has(id)) this.begin(id);
  }

  /** The last that a leg hears of us; resolves at its end, or when the leg is gone. */
  async last({ id }: Leg, playback: Playback): Promise<void> {
    this.due.delete(id);
    await this.media.play(id, playback);
  }

  /** The leg talks to somebody else now. */
  connected({ id }: Leg): void {
    if (!this.due.delete(id)) return;
    this.media.stopPlaying(id);
  }

  private dueOf(legId: string): Due {
    const known = this.due.get(legId);
    if (known) return known;
    const fresh = { music: null, ringback: null };
    this.due.set(legId, fresh);
    return fresh;
  }

  private begin(legId: string): void {
    const due = this.due.get(legId);
    const playback = due?.ringback ?? due?.music ?? null;
    if (playback !== null) void this.media.play(legId, playback);
    else {
      this.due.delete(legId);
      this.media.stopPlaying(legId);
    }
  }
}
