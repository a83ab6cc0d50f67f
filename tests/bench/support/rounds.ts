import type { Measured } from './run-load';

/** What is compared of each window. */
export type Figures = Omit<Measured, 'done' | 'measured' | 'refused' | 'sockets'>;

/**
 * Measures in short windows, one contender after the other and round again: whoever else has the
 * machine is beside all of them alike. The middle one of each figure counts; what was lost, was lost.
 */
export async function measureInTurn<Contender>(
  contenders: readonly Contender[],
  rounds: number,
  measure: (one: Contender) => Promise<Measured>,
): Promise<ReadonlyMap<Contender, Figures>> {
  const windows = new Map<Contender, Measured[]>(contenders.map((one) => [one, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [one, measured] of windows) measured.push(await measure(one));
  }
  return new Map([...windows].map(([one, measured]) => [one, middleOf(measured)]));
}

/** The same of one that is measured alone. */
export async function middleOfRounds(
  rounds: number,
  measure: () => Promise<Measured>,
): Promise<Figures> {
  const windows: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) windows.push(await measure());
  return middleOf(windows);
}

function middleOf(windows: readonly Measured[]): Figures {
  const middle = (figureOf: (one: Measured) => number): number => {
    const values = windows.map(figureOf).sort((one, other) => one - other);
    return values[Math.floor(values.length / 2)] ?? 0;
  };
  return {
    perSecond: middle((one) => one.perSecond),
    p50Ms: middle((one) => one.p50Ms),
    p99Ms: middle((one) => one.p99Ms),
    serverMicrosEach: middle((one) => one.serverMicrosEach),
    serverCpu: middle((one) => one.serverCpu),
    generatorCpu: middle((one) => one.generatorCpu),
    lost: windows.reduce((sum, one) => sum + one.lost, 0),
  };
}
