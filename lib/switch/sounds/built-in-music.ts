import { SOUND_RATE_HZ } from './renditions';

/**
 * The music that people hear where nobody chose another: soft broken chords over a slow bass, made of
 * sines when it is first needed. It is nobody's work but ours, and costs no file.
 */

/** 72 a minute, two notes to each. */
const NOTE_SECONDS = 60 / 72 / 2;
const NOTES_A_BAR = 8;
const PEAK = 2_600;
/** A note is struck within 8 ms and has faded to a third after 0.7 s. */
const STRIKE_SECONDS = 0.008;
const FADE_SECONDS = 0.7;
/** Strengths of a note's overtones: a mellow key, no organ. */
const OVERTONES = [1, 0.22, 0.06] as const;
/** Each note sounds on under those that follow it. */
const LASTING_NOTES = 5;

/** Bass and four notes of each bar, in half tones from A at 220 Hz: C, A minor, F, G, and back. */
const BARS: readonly (readonly [bass: number, notes: readonly number[]])[] = [
  [-9, [3, 7, 10, 15]],
  [-12, [0, 3, 7, 12]],
  [-16, [-4, 0, 3, 8]],
  [-14, [-2, 2, 5, 10]],
  [-9, [3, 7, 10, 14]],
  [-12, [0, 3, 7, 14]],
  [-16, [-4, 0, 5, 8]],
  [-14, [-2, 2, 7, 10]],
];
/** The order in which a bar's notes are struck. */
const FIGURE = [0, 1, 2, 3, 2, 1, 3, 2] as const;

const hertz = (halfTones: number): number => 220 * 2 ** (halfTones / 12);

interface Struck {
  readonly hz: number;
  readonly strength: number;
  readonly lastsNotes: number;
}

/** What begins with each note of the piece. */
const STRUCK: readonly (readonly Struck[])[] = BARS.flatMap(([bass, notes]) =>
  FIGURE.map((place, index) => {
    const key = { hz: hertz(notes[place] ?? 0), strength: 1, lastsNotes: LASTING_NOTES };
    if (index % (NOTES_A_BAR / 2) !== 0) return [key];
    return [key, { hz: hertz(bass), strength: 1.2, lastsNotes: LASTING_NOTES }];
  }),
);

function addNote(out: Float32Array, start: number, { hz, strength, lastsNotes }: Struck): void {
  const count = Math.floor(lastsNotes * NOTE_SECONDS * SOUND_RATE_HZ);
  for (let index = 0; index < count; index += 1) {
    const seconds = index / SOUND_RATE_HZ;
    const left = (count - index) / (count * 0.2);
    const rise = Math.min(1, seconds / STRIKE_SECONDS);
    const envelope = rise * Math.exp(-seconds / FADE_SECONDS) * Math.min(1, left);
    let sample = 0;
    for (const [overtone, share] of OVERTONES.entries()) {
      sample += share * Math.sin(2 * Math.PI * hz * (overtone + 1) * seconds);
    }
    // What sounds on at the end is heard at the beginning of the next round.
    const at = (start + index) % out.length;
    out[at] = (out[at] ?? 0) + envelope * strength * sample;
  }
}

/** The piece, 27 s that go round without a seam, in shared memory; made in pieces, as calls go on. */
export async function builtInMusic(): Promise<Int16Array<SharedArrayBuffer>> {
  const noteSamples = NOTE_SECONDS * SOUND_RATE_HZ;
  const sum = new Float32Array(Math.round(noteSamples * STRUCK.length));
  for (const [index, notes] of STRUCK.entries()) {
    for (const note of notes) {
      addNote(sum, Math.round(index * noteSamples), note);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const loudest = sum.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const samples = new Int16Array(new SharedArrayBuffer(sum.length * 2));
  for (const [index, sample] of sum.entries()) samples[index] = (sample / loudest) * PEAK;
  return samples;
}
