import { setTimeout as sleep } from 'node:timers/promises';
import { freeLoopbackPort } from '@/lib/server/ports';
import { type Bench, type BenchReport, table, whole } from './support/bench';
import { startKamailio } from './support/kamailio';
import { cpuMsOf } from './support/processes';
import { type Figures, middleOfRounds } from './support/rounds';
import { type JobInit, type Measured, runLoad } from './support/run-load';
import {
  benchPhones,
  type SwitchUnderTest,
  startSwitchUnderTest,
} from './support/switch-under-test';

const PHONES = 2_000;
/** Calls under way at once at full load; more would only wait. */
const IN_FLIGHT = 200;
/** Calls held for the memory row. */
const HELD_CALLS = 2_000;
const HELD_CALLS_PER_SECOND = 250;
/**
 * A call runs through a few hundred functions; it takes about 20,000 calls until the engine has
 * compiled all of them for good, by which time a switch that is in use has long been.
 */
const WARM_UP_MS = 20_000;
/** 64·T1 and a little: timers J, L and M have run out. */
const TRANSACTIONS_OVER_MS = 40_000;

/** Windows at full load, and at half; the middle one of each figure counts. */
const ROUNDS = 5;
const HALF_ROUNDS = 9;
const ROUND_MS = 3_000;
/** A generator's own start; servers were warmed up before. */
const ROUND_WARM_UP_MS = 1_000;
/**
 * Half load before it is measured. What the calls of full load left behind is cleared away for half
 * a minute, twice as much of it as those of half load leave: that would be another load.
 */
const HALF_SETTLES_MS = 36_000;

interface Contender {
  readonly title: string;
  readonly server: Pick<SwitchUnderTest, 'host' | 'port' | 'pid'>;
  /** Undefined for one without a database. */
  readonly database: SwitchUnderTest | undefined;
  /** Whether its INVITEs are challenged. */
  readonly authenticate: boolean;
  /** Where its phones are. */
  readonly phonesAt: number;
  /** Calls that it was seen to make. */
  made: number;
}

interface Row {
  readonly title: string;
  readonly full: Figures;
  readonly half: Figures;
  /** CDRs found in the database; undefined where there is none. */
  readonly written: number | undefined;
}

async function load(one: Contender, job: Partial<JobInit>): Promise<Measured> {
  const { server, authenticate, phonesAt } = one;
  const target = { host: server.host, port: server.port };
  const phones = benchPhones(PHONES);
  const init = { kind: 'call', target, phones, port: phonesAt, authenticate } as const;
  const measured = await runLoad({ ...init, ...job }, () => cpuMsOf(server.pid));
  one.made += measured.done;
  return measured;
}

/** Alone on the machine: what calls leave behind is work for half a minute, and beside another's. */
async function measured(one: Contender): Promise<Row> {
  const window = { warmUpMs: ROUND_WARM_UP_MS, measuredMs: ROUND_MS };
  await load(one, { inFlight: IN_FLIGHT, warmUpMs: WARM_UP_MS, measuredMs: ROUND_MS });
  const full = await middleOfRounds(ROUNDS, () => load(one, { ...window, inFlight: IN_FLIGHT }));
  const halfLoad = { inFlight: 4_000, perSecond: full.perSecond / 2 };
  await load(one, { ...halfLoad, warmUpMs: HALF_SETTLES_MS, measuredMs: ROUND_MS });
  const half = await middleOfRounds(HALF_ROUNDS, () => load(one, { ...window, ...halfLoad }));
  return { title: one.title, full, half, written: await writtenOf(one) };
}

/** Every call that was made has its CDR, or the figures are of something else. */
async function writtenOf({ database, made }: Contender): Promise<number | undefined> {
  if (database === undefined) return undefined;
  await database.settled();
  const written = await database.writtenCalls();
  if (written < made) throw new Error(`${made} calls were made, ${written} have a CDR`);
  return written;
}

/** Heap that a call takes while it stands, signalling alone, its transactions long over. */
async function measureMemory(): Promise<number> {
  const server = await startSwitchUnderTest({ phones: PHONES, native: true });
  try {
    const { host, port, phones, pid } = server;
    const at = await freeLoopbackPort();
    const init = { kind: 'call', target: { host, port }, phones, port: at } as const;
    // Long enough that what is made once and kept is there: compiled code, secrets, addresses.
    await runLoad({ ...init, inFlight: 50, warmUpMs: WARM_UP_MS }, () => cpuMsOf(pid));
    await server.settled();
    await sleep(TRANSACTIONS_OVER_MS);
    const before = await server.memory();
    const holding = runLoad(
      {
        ...init,
        talkMs: 2 * TRANSACTIONS_OVER_MS,
        inFlight: HELD_CALLS,
        perSecond: HELD_CALLS_PER_SECOND,
        measuredMs: (HELD_CALLS / HELD_CALLS_PER_SECOND) * 1_000 + TRANSACTIONS_OVER_MS + 8_000,
      },
      () => cpuMsOf(pid),
    );
    await sleep((HELD_CALLS / HELD_CALLS_PER_SECOND) * 1_000 + 4_000 + TRANSACTIONS_OVER_MS);
    const held = await server.liveCalls();
    const after = await server.memory();
    await holding;
    if (held < HELD_CALLS / 2) throw new Error(`only ${held} calls were held`);
    return (after.heapBytes - before.heapBytes) / held;
  } finally {
    await server.stop();
  }
}

async function measureSwitch(native: boolean): Promise<Row> {
  const server = await startSwitchUnderTest({ phones: PHONES, native });
  try {
    const title = native ? 'Tollbridge, native UDP' : 'Tollbridge, node:dgram';
    const phonesAt = await freeLoopbackPort();
    return await measured({
      title,
      server,
      database: server,
      authenticate: true,
      phonesAt,
      made: 0,
    });
  } finally {
    await server.stop();
  }
}

async function measureKamailio(): Promise<readonly Row[]> {
  const server = await startKamailio(benchPhones(PHONES));
  if (server === undefined) return [];
  try {
    const rows: Row[] = [];
    const phonesAt = await freeLoopbackPort();
    for (const authenticate of [false, true]) {
      const title = `Kamailio ${server.version}, ${authenticate ? 'challenging' : 'proxy alone'}`;
      const contender = { title, server, database: undefined, authenticate, phonesAt, made: 0 };
      rows.push(await measured(contender));
    }
    return rows;
  } finally {
    await server.stop();
  }
}

function lineOf({ title, full, half, written }: Row): readonly string[] {
  return [
    title,
    whole(full.perSecond),
    `${(full.serverCpu * 100).toFixed(0)} %`,
    `${(full.generatorCpu * 100).toFixed(0)} %`,
    `${half.p50Ms.toFixed(2)} ms`,
    `${half.p99Ms.toFixed(2)} ms`,
    String(full.lost + half.lost),
    written === undefined ? '' : whole(written),
  ];
}

function reportOf(
  [plain, native]: readonly [Row, Row],
  kamailio: readonly Row[],
  callBytes: number,
): BenchReport {
  const figures: Record<string, number> = {
    callsPerSecond: Math.round(plain.full.perSecond),
    callsPerSecondFast: Math.round(native.full.perSecond),
    setUpP99HalfLoadMs: Number(plain.half.p99Ms.toFixed(2)),
    setUpP99HalfLoadFastMs: Number(native.half.p99Ms.toFixed(2)),
    heapBytesPerCall: Math.round(callBytes),
  };
  const [proxy, challenging] = kamailio;
  if (proxy === undefined || challenging === undefined) return { figures, ratios: {} };
  figures['kamailioProxyPerSecond'] = Math.round(proxy.full.perSecond);
  figures['kamailioChallengingPerSecond'] = Math.round(challenging.full.perSecond);
  const ratio = (ours: Row, its: Row) =>
    Number((ours.full.perSecond / its.full.perSecond).toFixed(3));
  return {
    figures,
    ratios: {
      kamailio: ratio(plain, proxy),
      kamailioFast: ratio(native, proxy),
      kamailioChallenging: ratio(plain, challenging),
      kamailioChallengingFast: ratio(native, challenging),
    },
  };
}

/** Calls a second through the whole switch, Kamailio's proxy beside it. */
export const call: Bench = {
  name: 'call',
  about:
    'calls a second from phone to phone of one tenant (INVITE, 401, ACK, INVITE, 100, 180, 200, ACK, BYE, 200 on ' +
    'the caller’s side), planned, with a CDR of each in PostgreSQL; set-up from the authenticated INVITE to its 200, ' +
    'as the network sees it and without the time that the called phone takes, at half that rate once that has stood ' +
    'for a while; both in windows of which the middle one counts; heap of calls that stand. Left out: media ' +
    '(MEDIA=direct), money (calls within a tenant are free), limits by source. Kamailio: one UDP worker, -x fm, stateful with Record-Route, no CDR',
  async run(print) {
    const plain = await measureSwitch(false);
    const native = await measureSwitch(true);
    const kamailio = await measureKamailio();
    const callBytes = await measureMemory();
    const head = ['', 'calls/s', 'its CPU', 'generator', 'p50 half', 'p99 half', 'lost', 'CDRs'];
    print(table([head, ...[plain, native, ...kamailio].map(lineOf)]));
    print(`heap of a call that stands: ${whole(callBytes)} B`);
    return reportOf([plain, native], kamailio, callBytes);
  },
};
