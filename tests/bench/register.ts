import { type Bench, type BenchReport, table, whole } from './support/bench';
import { startKamailio } from './support/kamailio';
import { cpuMsOf, freeUdpPort } from './support/processes';
import { type Figures, measureInTurn } from './support/rounds';
import { type JobInit, type Measured, runLoad } from './support/run-load';
import {
  benchPhones,
  type SwitchUnderTest,
  startSwitchUnderTest,
} from './support/switch-under-test';

const PHONES = 10_000;
/** Enough that the server never waits for the generator's answer. */
const IN_FLIGHT = 200;

const ROUNDS = 7;
const ROUND_MS = 2_000;
/** A generator's own start; servers were warmed up before. */
const ROUND_WARM_UP_MS = 500;

interface Contender {
  readonly title: string;
  readonly server: Pick<SwitchUnderTest, 'host' | 'port' | 'pid' | 'stop'>;
  /** Where its phones are. */
  readonly port: number;
}

interface Row {
  readonly title: string;
  readonly full: Figures;
  readonly half: Figures;
}

async function startAll(): Promise<readonly Contender[]> {
  const contenders: Contender[] = [];
  const add = async (title: string, server: Contender['server']): Promise<void> => {
    contenders.push({ title, server, port: await freeUdpPort() });
  };
  try {
    for (const native of [false, true]) {
      const server = await startSwitchUnderTest({ phones: PHONES, native });
      await add(native ? 'Tollbridge, native UDP' : 'Tollbridge, node:dgram', server);
    }
    const kamailio = await startKamailio(benchPhones(PHONES));
    if (kamailio !== undefined) await add(`Kamailio ${kamailio.version}`, kamailio);
    return contenders;
  } catch (error) {
    await stopAll(contenders);
    throw error;
  }
}

async function stopAll(contenders: readonly Contender[]): Promise<void> {
  for (const { server } of contenders) await server.stop();
}

function load({ server, port }: Contender, job: Partial<JobInit>): Promise<Measured> {
  const target = { host: server.host, port: server.port };
  const phones = benchPhones(PHONES);
  const init = { kind: 'register', target, phones, port, inFlight: IN_FLIGHT } as const;
  return runLoad({ ...init, ...job }, () => cpuMsOf(server.pid));
}

async function measureAll(contenders: readonly Contender[]): Promise<readonly Row[]> {
  const window = { warmUpMs: ROUND_WARM_UP_MS, measuredMs: ROUND_MS };
  for (const one of contenders) await load(one, { measuredMs: ROUND_MS });
  const full = await measureInTurn(contenders, ROUNDS, (one) => load(one, window));
  const half = await measureInTurn(contenders, ROUNDS, (one) => {
    const perSecond = (full.get(one)?.perSecond ?? 0) / 2;
    return load(one, { ...window, inFlight: 2_000, perSecond });
  });
  return contenders.flatMap((one) => {
    const [its, itsHalf] = [full.get(one), half.get(one)];
    return its && itsHalf ? [{ title: one.title, full: its, half: itsHalf }] : [];
  });
}

function lineOf({ title, full, half }: Row): readonly string[] {
  return [
    title,
    whole(full.perSecond),
    `${full.serverMicrosEach.toFixed(1)} µs`,
    `${(full.serverCpu * 100).toFixed(0)} %`,
    `${(full.generatorCpu * 100).toFixed(0)} %`,
    `${half.p50Ms.toFixed(2)} ms`,
    `${half.p99Ms.toFixed(2)} ms`,
    String(full.lost + half.lost),
  ];
}

function reportOf(plain: Row, native: Row, kamailio: Row | undefined): BenchReport {
  const figures: Record<string, number> = {
    registerPerSecond: Math.round(plain.full.perSecond),
    registerPerSecondFast: Math.round(native.full.perSecond),
    cpuMicrosEach: Number(plain.full.serverMicrosEach.toFixed(1)),
    cpuMicrosEachFast: Number(native.full.serverMicrosEach.toFixed(1)),
    p99HalfLoadMs: Number(plain.half.p99Ms.toFixed(2)),
    p99HalfLoadFastMs: Number(native.half.p99Ms.toFixed(2)),
  };
  if (kamailio === undefined) return { figures, ratios: {} };
  const its = kamailio.full.perSecond;
  const micros = kamailio.full.serverMicrosEach;
  figures['kamailioPerSecond'] = Math.round(its);
  figures['kamailioCpuMicrosEach'] = Number(micros.toFixed(1));
  return {
    figures,
    ratios: {
      kamailio: Number((plain.full.perSecond / its).toFixed(3)),
      kamailioFast: Number((native.full.perSecond / its).toFixed(3)),
      // Of cycles for a second of processor time: what the rates would be on a quiet machine.
      kamailioByCpu: Number((micros / plain.full.serverMicrosEach).toFixed(3)),
      kamailioByCpuFast: Number((micros / native.full.serverMicrosEach).toFixed(3)),
    },
  };
}

/** REGISTER digest cycles a second, Kamailio beside it. */
export const register: Bench = {
  name: 'register',
  about:
    `digest cycles a second (REGISTER, 401, REGISTER, 200) of ${whole(PHONES)} phones; bindings written behind to ` +
    'PostgreSQL; latency of the second half at half that rate. Left out: limits by source (all phones ' +
    'have one address), TLS. Kamailio: one UDP worker, -x fm, usrloc in memory, password in its configuration',
  async run(print) {
    const contenders = await startAll();
    let rows: readonly Row[];
    try {
      rows = await measureAll(contenders);
    } finally {
      await stopAll(contenders);
    }
    const [plain, native, kamailio] = rows;
    if (plain === undefined || native === undefined) throw new Error('nothing was measured');
    const head = [
      '',
      'cycles/s',
      'CPU each',
      'its CPU',
      'generator',
      'p50 half',
      'p99 half',
      'lost',
    ];
    print(table([head, ...rows.map(lineOf)]));
    return reportOf(plain, native, kamailio);
  },
};
