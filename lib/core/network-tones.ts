/** Tones of a network: frequencies in Hz, "+" together, 0 = silence, each with its milliseconds. */
interface ToneTable {
  readonly ringback: string;
  readonly busy: string;
  /** Of a network without a free path; "reorder" in North America. */
  readonly congestion: string;
}

/** What a network says without words, as people of each country know it. */
export type NetworkTone = keyof ToneTable;

/** A part of a tone. */
export interface ToneStep {
  /** Together; none = silence. */
  readonly frequenciesHz: readonly number[];
  readonly durationMs: number;
}

const table = (ringback: string, busy: string, congestion: string): ToneTable => ({
  ringback,
  busy,
  congestion,
});

/** What E.180 recommends where a country has not settled otherwise. */
const USUAL_TONES = table('425/1000 0/4000', '425/500 0/500', '425/200 0/200');

const NORTH_AMERICA = table('440+480/2000 0/4000', '480+620/500 0/500', '480+620/250 0/250');
const QUICK = table('425/1000 0/4000', '425/500 0/500', '425/250 0/250');
const NORDIC = table('425/1000 0/4000', '425/300 0/300', '425/200 0/200');
const LONG_PAUSE = table('425/1000 0/5000', '425/500 0/500', '425/200 0/200');

/**
 * By ISO 3166 alpha-2: ITU-T E.180 Supplement 2 ("Various tones used in national networks"), the
 * first of several where a network has more than one. A carrier that is modulated there (India,
 * Japan, Singapore, South Africa) is written as the two frequencies that it beats between.
 */
export const TONES_BY_COUNTRY: Readonly<Record<string, ToneTable>> = {
  AR: table('425/1000 0/4000', '425/300 0/200', '425/300 0/400'),
  AT: table('420/1000 0/5000', '420/400 0/400', '420/200 0/200'),
  AU: table('413+438/400 0/200 413+438/400 0/2000', '425/375 0/375', '425/375 0/375'),
  BE: table('425/1000 0/3000', '425/500 0/500', '425/167 0/167'),
  BG: QUICK,
  BR: table('425/1000 0/4000', '425/250 0/250', '425/250 0/250 425/750 0/250'),
  CA: NORTH_AMERICA,
  CH: USUAL_TONES,
  CL: table('400/1000 0/3000', '400/500 0/500', '400/200 0/200'),
  CN: table('450/1000 0/4000', '450/350 0/350', '450/700 0/700'),
  CZ: table('425/1000 0/4000', '425/330 0/330', '425/165 0/165'),
  DE: table('425/1000 0/4000', '425/480 0/480', '425/240 0/240'),
  DK: USUAL_TONES,
  EE: NORDIC,
  ES: table('425/1500 0/3000', '425/200 0/200', '425/200 0/200 425/200 0/200 425/200 0/600'),
  FI: NORDIC,
  FR: table('440/1500 0/3500', '440/500 0/500', '440/250 0/250'),
  GB: table('400+450/400 0/200 400+450/400 0/2000', '400/375 0/375', '400/400 0/350 400/225 0/525'),
  GR: NORDIC,
  HK: table('440+480/400 0/200 440+480/400 0/3000', '480+620/500 0/500', '480+620/250 0/250'),
  HU: table('425/1250 0/3750', '425/300 0/300', '425/300 0/300'),
  ID: QUICK,
  IE: table('400+450/400 0/200 400+450/400 0/2000', '425/500 0/500', '425/250 0/250'),
  IL: table('414/1000 0/3000', '414/500 0/500', '414/250 0/250'),
  IN: table('375+425/400 0/200 375+425/400 0/2000', '400/750 0/750', '400/250 0/250'),
  IT: USUAL_TONES,
  JP: table('384+416/1000 0/2000', '400/500 0/500', '400/500 0/500'),
  KR: table('440+480/1000 0/2000', '480+620/500 0/500', '480+620/300 0/200'),
  LT: table('425/1000 0/4000', '425/350 0/350', '425/200 0/200'),
  MX: table('425/1000 0/4000', '425/250 0/250', '425/250 0/250'),
  MY: table('425/400 0/200 425/400 0/2000', '425/500 0/500', '425/500 0/500'),
  NL: QUICK,
  NO: USUAL_TONES,
  NZ: table('400+450/400 0/200 400+450/400 0/2000', '400/500 0/500', '400/250 0/250'),
  PH: table('425+480/1000 0/4000', '480+620/500 0/500', '480+620/250 0/250'),
  PL: table('425/1000 0/4000', '425/500 0/500', '425/500 0/500'),
  PT: LONG_PAUSE,
  RU: table('425/1000 0/4000', '425/350 0/350', '425/175 0/175'),
  SE: table('425/1000 0/5000', '425/250 0/250', '425/250 0/750'),
  SG: table('401+449/400 0/200 401+449/400 0/2000', '425/750 0/750', '425/250 0/250'),
  TH: table('420/1000 0/5000', '400/500 0/500', '400/300 0/300'),
  TR: table('450/2000 0/4000', '450/500 0/500', '450/200 0/200 450/200 0/200 450/600 0/200'),
  TW: table('440+480/1000 0/2000', '480+620/500 0/500', '480+620/250 0/250'),
  US: NORTH_AMERICA,
  VE: QUICK,
  ZA: table('367+433/400 0/200 367+433/400 0/2000', '400/500 0/500', '400/250 0/250'),
};

const stepsByText = new Map<string, readonly ToneStep[]>();

/** The steps of a pattern such as "440+480/2000 0/4000"; the same list for the same text. */
export function toneSteps(pattern: string): readonly ToneStep[] {
  const known = stepsByText.get(pattern);
  if (known) return known;
  const steps = pattern.split(' ').map((step) => {
    const [frequencies = '0', durationMs = '0'] = step.split('/');
    const frequenciesHz = frequencies.split('+').map(Number);
    return {
      frequenciesHz: frequenciesHz.filter((hz) => hz > 0),
      durationMs: Number(durationMs),
    };
  });
  stepsByText.set(pattern, steps);
  return steps;
}

/**
 * A tone as the network of a country has it (ISO 3166 alpha-2), one round of it; those that are not in
 * the table have what E.180 recommends.
 */
export function networkTone(name: NetworkTone, country: string): readonly ToneStep[] {
  return toneSteps((TONES_BY_COUNTRY[country] ?? USUAL_TONES)[name]);
}
