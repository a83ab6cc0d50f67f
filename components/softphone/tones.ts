import { type NetworkTone, networkTone, type ToneStep } from '@/lib/core/network-tones';

/** What rings here: two short ones and a pause, unlike a desk phone's. */
const RING: readonly ToneStep[] = [
  { frequenciesHz: [620, 780], durationMs: 350 },
  { frequenciesHz: [], durationMs: 200 },
  { frequenciesHz: [620, 780], durationMs: 350 },
  { frequenciesHz: [], durationMs: 2_100 },
];
const RING_LOUDNESS = 0.12;
const TONE_LOUDNESS = 0.06;

let context: AudioContext | undefined;

/** Rings until the returned function is called. */
export function ring(): () => void {
  return playSteps(RING, RING_LOUDNESS);
}

/** What the network of a country says without words, until the returned function is called. */
export function playTone(name: NetworkTone, country: string): () => void {
  return playSteps(networkTone(name, country), TONE_LOUDNESS);
}

/** Round and round. A page that nobody has touched stays silent. */
function playSteps(steps: readonly ToneStep[], loudness: number): () => void {
  context ??= new AudioContext();
  void context.resume().catch(() => undefined);
  // Each of the frequencies that occur sounds all the time, and is let through when it is its turn.
  const voices = [...new Set(steps.flatMap(({ frequenciesHz }) => frequenciesHz))].map((hertz) => {
    const gain = new GainNode(context as AudioContext, { gain: 0 });
    const voice = new OscillatorNode(gain.context, { frequency: hertz });
    voice.connect(gain).connect(gain.context.destination);
    voice.start();
    return { hertz, gain, voice };
  });
  let turn = 0;
  let timer: ReturnType<typeof setTimeout>;
  const next = (): void => {
    const step = steps[turn % steps.length];
    turn += 1;
    for (const { hertz, gain } of voices) {
      gain.gain.value = step?.frequenciesHz.includes(hertz) ? loudness : 0;
    }
    timer = setTimeout(next, step?.durationMs ?? 0);
  };
  next();
  return () => {
    clearTimeout(timer);
    for (const { voice, gain } of voices) {
      voice.stop();
      gain.disconnect();
    }
  };
}
