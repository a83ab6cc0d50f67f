const voices = new Map<string, HTMLAudioElement>();

/** Plays the voice of a call through the speaker; null ends it. */
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
  voice.autoplay = true;
  voice.srcObject = stream;
  // A page that nobody has touched may not make a sound; whoever answers has touched it.
  voice.play().catch(() => undefined);
}
