import { type Bench, type BenchReport, table, whole } from './support/bench';
import { startKamailio } from './support/kamailio';
import { cpuMsOf, freeUdpPort } from './support/processes';
import { type Measured, runLoad } from './support/run-load';
import {
  benchPhones,
  type SwitchUnderTest,
  startSwitchUnderTest,
} from './support/switch-under-test';

const PHONES = 10_000;
/** Enough that the server never waits for the generator's answer. */
const IN_FLIGHT = 200;

interface Row {
  readonly title: string;
  readonly full: Measured;
  readonly half: Measured;
}

async function measure(
  title: string,
  server: Pick<SwitchUnderTest, 'host' | 'port' | 'pid' | 'phones'>,
): Promise<Row> {
  const { host, port, phones } = server;
  const here = await freeUdpPort();
  const init = { kind: 'register', target: { host, port }, phones, port: here } as const;
  const cpu = () => cpuMsOf(server.pid);
  const full = await runLoad({ ...init, inFlight: IN_FLIGHT }, cpu);
  const perSecond = full.perSecond / 2;
  const half = await runLoad({ ...init, inFlight: 2_000, perSecond }, cpu);
  return { title, full, half };
}

async function measureSwitch(native: boolean): Promise<Row> {
  const server = await startSwitchUnderTest({ phones: PHONES, native });
  try {
    return await measure(native ? 'Tollbridge, native UDP' : 'Tollbridge, node:dgram', server);
  } finally {
    await server.stop();
  }
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
    const plain = await measureSwitch(false);
    const native = await measureSwitch(true);
    const server = await startKamailio(benchPhones(PHONES));
    let kamailio: Row | undefined;
    if (server !== undefined) {
      try {
        kamailio = await measure(`Kamailio ${server.version}`, {
          ...server,
          phones: benchPhones(PHONES),
        });
      } finally {
        await server.stop();
      }
    }
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
    const rows = [plain, native, ...(kamailio === undefined ? [] : [kamailio])];
    print(table([head, ...rows.map(lineOf)]));
    return reportOf(plain, native, kamailio);
  },
};
