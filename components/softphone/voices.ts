import { readDeviceChoice } from '@/lib/client/phone/device-choice';

const voices = new Map<string, HTMLAudioElement>();

/** Sends a voice to the loudspeaker that was chosen, where the browser lets us. */
async function route(voice: HTMLAudioElement, speakerId: string | null): Promise<void> {
  if (!('setSinkId' in voice)) return;
  try {
    await voice.setSinkId(speakerId ?? '');
  } catch {
    // Unplugged meanwhile: the system's own is heard.
  }
}

/** Plays the voice of a call; null ends it. */
export function playVoice(callId: string, stream: MediaStream | null): void {
  if (stream === null) {
    const voice = voices.get(callId);
    voices.delete(callId);
    if (voice) {
      voice.pause();
      voice.srcObject = null;
    }
    return;
  }
  const voice = voices.get(callId) ?? new Audio();
  voices.set(callId, voice);
  if (voice.srcObject === stream) return;
  void route(voice, readDeviceChoice().speakerId);
  voice.autoplay = true;
  voice.srcObject = stream;
  // A page that nobody has touched may not make a sound; whoever answers has touched it.
  voice.play().catch(() => undefined);
}

/** Moves the voices of all calls to another loudspeaker; null: the system's. */
export function changeSpeaker(speakerId: string | null): void {
  for (const voice of voices.values()) void route(voice, speakerId);
}
