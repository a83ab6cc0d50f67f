import type { AnnouncementName } from '@/lib/core/announcements';
import type { Sound } from '@/lib/switch/media/sound';
import type { CallSounds } from '@/lib/switch/sounds/library';

/** Sounds that are known again: each is an object of its own, without a sample. */
export class FakeSounds implements CallSounds {
  readonly music: Sound = { kind: 'pcm', renditions: [] };
  readonly asked: string[] = [];
  /** Tenants that have music. */
  readonly musical = new Set<string>();
  private readonly words = new Map<AnnouncementName, Sound>();

  async announcement(name: AnnouncementName): Promise<Sound | null> {
    this.asked.push(name);
    const known = this.words.get(name) ?? { kind: 'pcm', renditions: [] };
    this.words.set(name, known);
    return known;
  }

  async holdMusic(tenantId: string): Promise<Sound | null> {
    return this.musical.has(tenantId) ? this.music : null;
  }
}
