/** A tone of the telephone network: frequencies together, on and off in turn. */
interface Cadence {
  readonly hertz: readonly number[];
  /** Milliseconds: on, off, on, off … and round again. */
  readonly pattern: readonly number[];
}

/** What a caller hears while it rings at the other end (North America, ITU-T E.180). */
const RINGBACK: Cadence = { hertz: [440, 480], pattern: [2_000, 4_000] };
/** What rings here: two short ones and a pause, unlike a desk phone's. */
const RING: Cadence = { hertz: [620, 780], pattern: [350, 200, 350, 2_100] };
const LOUDNESS = { ringback: 0.06, ring: 0.12 };

let context: AudioContext | undefined;

/** Sounds until the returned function is called. A page that nobody has touched stays silent. */
export function sound(which: 'ring' | 'ringback'): () => void {
  context ??= new AudioContext();
  void context.resume().catch(() => undefined);
  const { hertz, pattern } = which === 'ring' ? RING : RINGBACK;
  const gain = context.createGain();
  gain.gain.value = 0;
  gain.connect(context.destination);
  const voices = hertz.map((frequency) => {
    const voice = new OscillatorNode(gain.context, { frequency });
    voice.connect(gain);
    voice.start();
    return voice;
  });
  let step = 0;
  let timer: ReturnType<typeof setTimeout>;
  const next = (): void => {
    gain.gain.value = step % 2 === 0 ? LOUDNESS[which] : 0;
    timer = setTimeout(next, pattern[step % pattern.length]);
    step += 1;
  };
  next();
  return () => {
    clearTimeout(timer);
    for (const voice of voices) voice.stop();
    gain.disconnect();
  };
}
