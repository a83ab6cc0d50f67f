import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, table, whole } from './support/bench';
import { cpuMsOf, freeUdpPort } from './support/processes';
import { runLoad } from './support/run-load';
import { startSwitchUnderTest } from './support/switch-under-test';

const PHONES = 100_000;
const REFRESH_SECONDS = 300;
/** All of them once, as after a power cut. */
const REGISTER_TIMEOUT_MS = 120_000;
/** Two lives of timer J, which is how answers are kept, and a little. */
const REPETITIONS_OVER_MS = 70_000;

/** A node full of registered phones that refresh, as most of a switch's day is. */
export const endpoints: Bench = {
  name: 'endpoints',
  about:
    `${whole(PHONES)} phones registered on one node, then refreshing every ${REFRESH_SECONDS} s (each by a whole ` +
    'digest cycle), bindings written behind; heap is what all of it takes: bindings, opened secrets, nonces in use',
  async run(print) {
    const server = await startSwitchUnderTest({ phones: PHONES, native: true });
    try {
      const { host, port, phones, pid } = server;
      const here = await freeUdpPort();
      const init = { kind: 'register', target: { host, port }, phones, port: here } as const;
      const cpu = () => cpuMsOf(pid);
      const before = await server.memory();
      const first = await runLoad(
        { ...init, inFlight: 200, total: PHONES, warmUpMs: 0, measuredMs: REGISTER_TIMEOUT_MS },
        cpu,
      );
      // What is kept for repetitions alone is gone by then.
      await sleep(REPETITIONS_OVER_MS);
      const after = await server.memory();
      const heapBytes = (after.heapBytes - before.heapBytes) / PHONES;
      const perSecond = PHONES / REFRESH_SECONDS;
      const refresh = await runLoad({ ...init, inFlight: 500, perSecond, measuredMs: 15_000 }, cpu);
      print(
        table([
          ['', ''],
          ['registered', whole(first.done)],
          ['heap a phone', `${whole(heapBytes)} B`],
          ['refreshes/s', whole(refresh.perSecond)],
          ['CPU while refreshing', `${(refresh.serverCpu * 100).toFixed(1)} % of a core`],
          ['p99', `${refresh.p99Ms.toFixed(2)} ms`],
          ['lost', String(first.lost + refresh.lost)],
        ]),
      );
      return {
        figures: {
          registered: first.done,
          heapBytesPerEndpoint: Math.round(heapBytes),
          refreshesPerSecond: Number(refresh.perSecond.toFixed(1)),
          refreshCpuShare: Number(refresh.serverCpu.toFixed(3)),
          refreshP99Ms: Number(refresh.p99Ms.toFixed(2)),
        },
        ratios: {},
      };
    } finally {
      await server.stop();
    }
  },
};
