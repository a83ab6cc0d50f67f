import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@/lib/core/clock';
import { TimerWheel } from '@/lib/protocol/sip/timers';
import { cpuMsOf } from '@/tests/bench/support/processes';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { LossyRelay } from '@/tests/support/lossy-relay';
import { type Product, startProduct } from '@/tests/support/product';
import { badNetwork, seededRandom } from './signalling/bad-network';
import { type CallOutcome, SoakPhone } from './signalling/soak-phone';
import type { Soak, SoakReport } from './soak';

const SEED = 20_261_127;
const EXTENSIONS = ['101', '102', '103', '104', '105', '106', '107', '108', '109', '110'];
/** New calls a second, unless told. */
const CALLS_PER_SECOND = 20;
const PACE_MS = 10;
/**
 * A port rests for ten seconds, and talks before: twenty calls a second need over a thousand of them.
 * Those of a short run are below what other products of a test run have.
 */
const PORTS = { RTP_PORT_MIN: '10000', RTP_PORT_MAX: '19999' };
const MANY_PORTS = { RTP_PORT_MIN: '10000', RTP_PORT_MAX: '29999' };
const REGISTER_EVERY_MS = 20_000;
const SAMPLE_EVERY_MS = 2_000;
/** Timers D, H and J keep what is over for 32 s; the last calls need a moment to end. */
const SETTLE_MS = 75_000;
/** What the switch's memory may grow by after the first third. */
const GROWTH_KIB = 48 * 1024;
const IDLE = { transactions: 0, dialogs: 0, mediaSessions: 0, mediaPortPairs: 0 };

/** Memory of a process, by the kernel. */
function residentKib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
}

interface World {
  readonly product: Product;
  readonly lab: Lab;
  readonly relay: LossyRelay;
  readonly phones: readonly SoakPhone[];
  readonly wheel: TimerWheel;
  readonly random: () => number;
  readonly complaints: string[];
  /** What callees did of their own will. */
  readonly wishes: { busy: number };
}

async function openWorld(perSecond: number): Promise<World> {
  const product = await startProduct({
    scenario: 'lab',
    variables: perSecond > CALLS_PER_SECOND ? MANY_PORTS : PORTS,
  });
  const lab = new Lab(product);
  // What is tried is the switch, not its limits.
  await lab.sql(
    'UPDATE account SET max_concurrent_calls = 100000, max_calls_per_second = 100000, generation = generation + 1',
  );
  const random = seededRandom(SEED);
  const relay = await LossyRelay.open(lab.sip, badNetwork(random));
  const complaints: string[] = [];
  const wishes = { busy: 0 };
  const onError = (error: unknown) => complaints.push(`a phone failed: ${String(error)}`);
  const wheel = new TimerWheel({ monotonicMs: () => systemClock.monotonicMs(), onError });
  wheel.start();
  const port = Number(relay.address.split(':')[1]);
  const phones: SoakPhone[] = [];
  for (const user of EXTENSIONS) {
    phones.push(
      await SoakPhone.open({
        user,
        domain: 'acme.lab.test',
        secret: `lab-acme-${user}`,
        server: { address: '127.0.0.1', port },
        timers: wheel,
        decide: () => {
          if (random() >= 0.1) return random() < 0.1 ? 'ring' : 'answer';
          wishes.busy += 1;
          return 'busy';
        },
        onError,
      }),
    );
  }
  return { product, lab, relay, phones, wheel, random, complaints, wishes };
}

/** Places calls at an even rate until the time is over; resolves when each has come to its end. */
async function callAround(
  world: World,
  { runMs, perSecond }: { readonly runMs: number; readonly perSecond: number },
): Promise<Map<CallOutcome, number>> {
  const { phones, random } = world;
  const outcomes = new Map<CallOutcome, number>();
  const untilMs = systemClock.monotonicMs() + runMs;
  const running = new Set<Promise<void>>();
  const place = (): void => {
    const caller = phones[Math.floor(random() * phones.length)];
    const number = EXTENSIONS[Math.floor(random() * EXTENSIONS.length)] ?? '101';
    const script = {
      number,
      talkMs: 200 + random() * 4_000,
      patienceMs: random() < 0.3 ? random() * 200 : 6_000,
      hold: random() < 0.2,
    };
    const call = caller
      ?.call(script)
      .then((outcome) => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1));
    if (call) {
      running.add(call);
      call.finally(() => running.delete(call)).catch(() => undefined);
    }
  };
  let lastMs = systemClock.monotonicMs();
  for (let owed = 0; lastMs < untilMs; ) {
    for (; owed >= 1; owed -= 1) place();
    await sleep(PACE_MS);
    const nowMs = systemClock.monotonicMs();
    owed += ((nowMs - lastMs) * perSecond) / 1_000;
    lastMs = nowMs;
  }
  await Promise.all(running);
  return outcomes;
}

/** Looks at the switch's memory until told to stop. */
function watchMemory(pid: number): { stop: () => number[] } {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(residentKib(pid)), SAMPLE_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return samples;
    },
  };
}

const highest = (samples: readonly number[]): number => Math.max(0, ...samples);

async function leftBehind(world: World): Promise<readonly string[]> {
  const { lab } = world;
  const isIdle = async () => JSON.stringify(await lab.inUse()) === JSON.stringify(IDLE);
  const complaints: string[] = [];
  await eventually(isIdle, SETTLE_MS).catch(async () => {
    complaints.push(`the switch still holds ${JSON.stringify(await lab.inUse())}`);
  });
  const { held, openHolds, liveCalls, off } = await lab.leftovers();
  for (const [name, value] of Object.entries({ held, openHolds, liveCalls, off })) {
    if (value !== '0') complaints.push(`${name} is ${value}, not 0`);
  }
  return complaints;
}

async function run({
  runMs,
  perSecond = CALLS_PER_SECOND,
  say,
}: Parameters<Soak['run']>[0]): Promise<SoakReport> {
  const world = await openWorld(perSecond);
  const { product, lab, relay, phones, wheel, complaints, wishes } = world;
  try {
    for (const phone of phones) {
      if (!(await phone.register())) complaints.push('a phone could not register');
    }
    const refresh = setInterval(() => {
      for (const phone of phones) {
        phone.register().then(
          (ok) => ok || complaints.push('a phone could not register again'),
          (error: unknown) => complaints.push(String(error)),
        );
      }
    }, REGISTER_EVERY_MS);
    const pid = product.pid('switch') ?? 0;
    const memory = watchMemory(pid);
    const startedCpuMs = cpuMsOf(pid);
    const outcomes = await callAround(world, { runMs, perSecond });
    const usedCpuMs = cpuMsOf(pid) - startedCpuMs;
    clearInterval(refresh);
    const samples = memory.stop();
    say(`calls: ${JSON.stringify(Object.fromEntries(outcomes))}`);
    const early = highest(samples.slice(0, Math.ceil(samples.length / 3)));
    const late = highest(samples.slice(-Math.ceil(samples.length / 3)));
    if (late > early + GROWTH_KIB) complaints.push(`memory grew from ${early} to ${late} KiB`);
    if (product.pid('switch') !== pid) complaints.push('the switch was restarted');
    if ((outcomes.get('talked') ?? 0) === 0) complaints.push('nobody talked');
    const failed = outcomes.get('failed') ?? 0;
    if (failed > 0) complaints.push(`${failed} calls never came to an answer or an end`);
    const refused = outcomes.get('refused') ?? 0;
    if (refused > wishes.busy) {
      complaints.push(`${refused} calls were refused, ${wishes.busy} of them by who was called`);
    }
    complaints.push(...(await leftBehind(world)));
    const count = [...outcomes.values()].reduce((sum, each) => sum + each, 0);
    return {
      figures: {
        calls: count,
        talked: outcomes.get('talked') ?? 0,
        residentEarlyKib: early,
        residentLateKib: late,
        perSecond,
        coreShare: Math.round((usedCpuMs / runMs) * 100) / 100,
      },
      complaints,
    };
  } finally {
    for (const phone of phones) phone.close();
    relay.close();
    wheel.stop();
    await lab.close();
    await product.stop();
  }
}

/** Ordinary calls over a network that loses, doubles and reorders: nothing may be left behind. */
export const signalling: Soak = {
  name: 'signalling',
  about:
    'calls, holds, refusals and giving up over a network that loses 1 %, doubles 1 % and reorders 5 %',
  run,
};
