import { setTimeout as sleep } from 'node:timers/promises';
import { freeLoopbackPort } from '@/lib/server/ports';
import { type Bench, type BenchReport, table, whole } from './support/bench';
import { startKamailio } from './support/kamailio';
import { cpuMsOf } from './support/processes';
import { type Measured, runLoad } from './support/run-load';
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

interface Row {
  readonly title: string;
  readonly full: Measured;
  readonly half: Measured;
  /** CDRs found in the database; undefined where there is none. */
  readonly written: number | undefined;
}

type Server = Pick<SwitchUnderTest, 'host' | 'port' | 'pid' | 'phones'>;

async function measure(title: string, server: Server, authenticate: boolean): Promise<Row> {
  const { host, port, phones } = server;
  const at = await freeLoopbackPort();
  const init = { kind: 'call', target: { host, port }, phones, port: at, authenticate } as const;
  const cpu = () => cpuMsOf(server.pid);
  const full = await runLoad({ ...init, inFlight: IN_FLIGHT, warmUpMs: WARM_UP_MS }, cpu);
  const perSecond = full.perSecond / 2;
  const half = await runLoad({ ...init, inFlight: 4_000, perSecond }, cpu);
  return { title, full, half, written: undefined };
}

async function measureSwitch(native: boolean): Promise<Row> {
  const server = await startSwitchUnderTest({ phones: PHONES, native });
  try {
    const title = native ? 'Tollbridge, native UDP' : 'Tollbridge, node:dgram';
    const row = await measure(title, server, true);
    await server.settled();
    const written = await server.writtenCalls();
    const made = row.full.done + row.half.done;
    if (written < made) throw new Error(`${made} calls were made, ${written} have a CDR`);
    return { ...row, written };
  } finally {
    await server.stop();
  }
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

async function measureKamailio(): Promise<readonly Row[]> {
  const phones = benchPhones(PHONES);
  const server = await startKamailio(phones);
  if (server === undefined) return [];
  try {
    const title = `Kamailio ${server.version}`;
    const proxy = await measure(`${title}, proxy alone`, { ...server, phones }, false);
    const challenging = await measure(`${title}, challenging`, { ...server, phones }, true);
    return [proxy, challenging];
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
    'the caller’s side), planned, with a CDR of each in PostgreSQL; set-up from the authenticated INVITE to its 200 ' +
    'at half that rate; heap of calls that stand. Left out: media (MEDIA=direct), money (calls within a tenant are ' +
    'free), limits by source. Kamailio: one UDP worker, -x fm, stateful with Record-Route, no CDR',
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
