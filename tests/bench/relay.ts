import { execFileSync } from 'node:child_process';
import { measureDtls } from './relay-dtls';
import { type Bench, type BenchReport, table, whole } from './support/bench';
import { MediaGenerator, type MediaWindow } from './support/media-run';
import { cpuMsOf } from './support/processes';
import { type RelayUnderTest, startEngineUnderTest } from './support/relay-under-test';
import { startRtpengine } from './support/rtpengine';

/** As many as the machine permits: the first number with which nobody loses more than that. */
const CALLS = [1_000, 500, 250];
const MAX_LOST_SHARE = 0.001;
const STANDING_CALLS = Math.max(...CALLS);
const ROUNDS = 5;
const WINDOW = { warmUpMs: 500, measuredMs: 2_000 };
/** Each relay has a range of its own, with twice the ports that it needs. */
const PORTS = { plain: 20_000, native: 30_000, rtpengine: 40_000, each: 9_999 };

/** The issue of media: two-way legs that are keyed by DTLS, a core. */
const MIN_DTLS_LEGS = 150;
/** Facts: performance, "recording every call". */
const MAX_RECORDING_RATIO = 1.3;

interface Contender {
  readonly title: string;
  readonly isRecorded: boolean;
  readonly relay: RelayUnderTest;
}

/** The middle of each figure; what was lost, was lost. */
interface Row {
  readonly title: string;
  readonly heapBytesPerCall: number;
  readonly cpu: number;
  readonly generatorCpu: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lostShare: number;
  /** What one whole processor would carry, at what a call costs here. */
  readonly callsPerCore: number;
}

function rangeFrom(portMin: number): { portMin: number; portMax: number } {
  return { portMin, portMax: portMin + PORTS.each };
}

async function startAll(generator: MediaGenerator): Promise<readonly Contender[]> {
  const contenders: Contender[] = [];
  const legPorts = Array.from({ length: 2 * STANDING_CALLS }, (_, leg) => generator.portOf(leg));
  try {
    for (const kind of ['plain', 'native'] as const) {
      const options = { native: kind === 'native', ...rangeFrom(PORTS[kind]), legPorts };
      const title = kind === 'native' ? 'Tollbridge, native UDP' : 'Tollbridge, node:dgram';
      const relay = await startEngineUnderTest(options);
      contenders.push({ title, relay, isRecorded: false });
      contenders.push({ title: `${title}, recording`, relay, isRecorded: true });
    }
    const relay = await startRtpengine({ ...rangeFrom(PORTS.rtpengine), legPorts });
    if (relay) {
      const title = `rtpengine ${relay.version}, userspace`;
      contenders.push({ title, relay, isRecorded: false });
    }
    return contenders;
  } catch (error) {
    await stopAll(contenders);
    throw error;
  }
}

async function stopAll(contenders: readonly Contender[]): Promise<void> {
  for (const { relay, isRecorded } of contenders) if (!isRecorded) await relay.stop();
}

function rowOf({ title, relay }: Contender, windows: readonly MediaWindow[], calls: number): Row {
  const middle = (figureOf: (one: MediaWindow) => number): number => {
    const values = windows.map(figureOf).sort((one, other) => one - other);
    return values[Math.floor(values.length / 2)] ?? 0;
  };
  const sum = (figureOf: (one: MediaWindow) => number): number =>
    windows.reduce((total, one) => total + figureOf(one), 0);
  const due = (2 * calls * WINDOW.measuredMs) / 20;
  return {
    title,
    heapBytesPerCall: relay.heapBytesPerCall ?? 0,
    cpu: middle(({ relayCpu }) => relayCpu),
    generatorCpu: middle(({ generatorCpu }) => generatorCpu),
    p50Ms: middle(({ p50Ms }) => p50Ms),
    p99Ms: middle(({ p99Ms }) => p99Ms),
    lostShare: 1 - sum(({ received }) => received) / sum(({ sent }) => sent),
    // A window in which the generator fell behind is one of fewer calls.
    callsPerCore: middle(({ relayCpu, sent }) => (calls * (sent / due)) / relayCpu),
  };
}

/** All relays in turn, a window each. */
async function measureRound(
  generator: MediaGenerator,
  contenders: readonly Contender[],
  calls: number,
): Promise<readonly MediaWindow[]> {
  const windows: MediaWindow[] = [];
  for (const { relay, isRecorded } of contenders) {
    if (isRecorded) await relay.record?.(calls);
    const job = { host: '127.0.0.1', ports: relay.ports.slice(0, 2 * calls), ...WINDOW };
    windows.push(await generator.run(job, () => cpuMsOf(relay.pid)));
    if (isRecorded) await relay.record?.(0);
  }
  return windows;
}

/** Also warms up: code that is cold, and phones that are not known yet. */
async function permittedCalls(
  generator: MediaGenerator,
  contenders: readonly Contender[],
): Promise<number> {
  for (const calls of CALLS) {
    await measureRound(generator, contenders, calls);
    const windows = await measureRound(generator, contenders, calls);
    const due = (2 * calls * WINDOW.measuredMs) / 20;
    if (windows.every(({ received }) => received > due * (1 - MAX_LOST_SHARE))) return calls;
  }
  return Math.min(...CALLS);
}

async function measure(
  generator: MediaGenerator,
): Promise<{ readonly calls: number; readonly rows: readonly Row[] }> {
  const contenders = await startAll(generator);
  try {
    const calls = await permittedCalls(generator, contenders);
    const rounds: (readonly MediaWindow[])[] = [];
    while (rounds.length < ROUNDS) rounds.push(await measureRound(generator, contenders, calls));
    const rows = contenders.map((one, index) => {
      const windows = rounds.flatMap((round) => round[index] ?? []);
      return rowOf(one, windows, calls);
    });
    return { calls, rows };
  } finally {
    await stopAll(contenders);
  }
}

function lineOf(row: Row): readonly string[] {
  return [
    row.title,
    `${(row.cpu * 100).toFixed(1)} %`,
    whole(row.callsPerCore),
    `${row.p50Ms.toFixed(2)} ms`,
    `${row.p99Ms.toFixed(2)} ms`,
    `${(row.lostShare * 100).toFixed(3)} %`,
    `${(row.generatorCpu * 100).toFixed(0)} %`,
    row.heapBytesPerCall === 0 ? '' : `${whole(row.heapBytesPerCall)} B`,
  ];
}

/** In the order in which they are measured. */
interface Rows {
  readonly plain: Row;
  readonly plainRecorded: Row;
  readonly native: Row;
  readonly nativeRecorded: Row;
  readonly rtpengine: Row | undefined;
}

function reportOf(
  calls: number,
  { plain, plainRecorded, native, nativeRecorded, rtpengine }: Rows,
): BenchReport {
  const figures: Record<string, number> = {
    calls,
    callsPerCore: Math.round(plain.callsPerCore),
    callsPerCoreFast: Math.round(native.callsPerCore),
    cpu: Number(plain.cpu.toFixed(3)),
    cpuFast: Number(native.cpu.toFixed(3)),
    p50Ms: plain.p50Ms,
    p50FastMs: native.p50Ms,
    p99Ms: plain.p99Ms,
    p99FastMs: native.p99Ms,
    lostShare: Number(plain.lostShare.toFixed(6)),
    lostShareFast: Number(native.lostShare.toFixed(6)),
    heapBytesPerCall: Math.round(plain.heapBytesPerCall),
    heapBytesPerCallFast: Math.round(native.heapBytesPerCall),
  };
  const ratioOf = (one: Row, recorded: Row): number =>
    Number((one.callsPerCore / recorded.callsPerCore).toFixed(3));
  const ratios = {
    recording: ratioOf(plain, plainRecorded),
    recordingFast: ratioOf(native, nativeRecorded),
  };
  if (rtpengine === undefined) return { figures, ratios };
  figures['rtpengineCallsPerCore'] = Math.round(rtpengine.callsPerCore);
  figures['rtpengineCpu'] = Number(rtpengine.cpu.toFixed(3));
  figures['rtpengineP99Ms'] = rtpengine.p99Ms;
  return {
    figures,
    ratios: {
      ...ratios,
      rtpengine: Number((plain.callsPerCore / rtpengine.callsPerCore).toFixed(3)),
      rtpengineFast: Number((native.callsPerCore / rtpengine.callsPerCore).toFixed(3)),
    },
  };
}

/** What relaying a call costs, rtpengine in userspace beside it. */
export const relay: Bench = {
  name: 'relay',
  about:
    'calls of G.711 at 20 ms both ways, a port pair a leg, through the media engine alone; calls a ' +
    'core by the processor time of all its threads; delay from before a packet is sent to when the ' +
    "kernel has it for the other leg. Left out: SIP, transcoding. heap: a call's media in both " +
    'threads, signalling not included. recording: every call is kept on disk, a file each, sealed as by default. rtpengine: userspace (--table=-1), one thread, calls over ng. ' +
    'DTLS: legs with keys from a handshake of their own, two a call, of our relay alone',
  async run(print) {
    for (const part of ['generate', 'bundle', 'native']) {
      execFileSync(process.execPath, ['lib/server/build.mjs', '--only', part], { stdio: 'ignore' });
    }
    const generator = await MediaGenerator.start();
    let measured: Awaited<ReturnType<typeof measure>>;
    try {
      measured = await measure(generator);
    } finally {
      generator.stop();
    }
    const { calls, rows } = measured;
    const [plain, plainRecorded, native, nativeRecorded, rtpengine] = rows;
    if (!plain || !plainRecorded || !native || !nativeRecorded) {
      throw new Error('nothing was measured');
    }
    const head = [
      `${whole(calls)} calls`,
      'its CPU',
      'calls/core',
      'p50',
      'p99',
      'lost',
      'generator',
      'heap a call',
    ];
    print(table([head, ...rows.map(lineOf)]));
    const report = reportOf(calls, { plain, plainRecorded, native, nativeRecorded, rtpengine });
    for (const name of ['recording', 'recordingFast']) {
      const ratio = report.ratios[name] ?? 0;
      print(`${name}: ${ratio} of the processor time, at most ${MAX_RECORDING_RATIO} wanted`);
    }
    const dtls = await measureDtls(print);
    print(`dtlsLegsPerCore: ${dtls['dtlsLegsPerCore']}, at least ${MIN_DTLS_LEGS} wanted`);
    return { ...report, figures: { ...report.figures, ...dtls } };
  },
};
