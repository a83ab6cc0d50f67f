import type { Heaps } from './heap';
import { forkBench, nextMessage } from './media-run';
import { pin } from './processes';

/** A relay that stands with calls. */
export interface RelayUnderTest {
  readonly pid: number;
  /** Its RTP ports by leg. */
  readonly ports: readonly number[];
  /** Ours: heap that a call takes, of both threads. */
  readonly heapBytesPerCall?: number;
  /** Ours: records so many of the calls from now on; those of before no more. */
  record?(calls: number): Promise<void>;
  stop(): Promise<void>;
}

/** The media engine in a process of its own, with a call for each two legs. */
export async function startEngineUnderTest(options: {
  readonly native: boolean;
  readonly portMin: number;
  readonly portMax: number;
  readonly legPorts: readonly number[];
  /** Legs that are keyed by DTLS: of their certificate. */
  readonly fingerprint?: string | undefined;
}): Promise<RelayUnderTest> {
  const { native, portMin, portMax, legPorts, fingerprint } = options;
  const argv = [String(portMin), String(portMax), native ? 'native' : 'plain'];
  const child = forkBench('media-engine.ts', { argv });
  await nextMessage(child);
  const pid = child.pid ?? 0;
  pin(pid, 'measured');
  const ask = async <T>(order: object | string): Promise<T> => {
    child.send(order);
    return (await nextMessage(child))['result'] as T;
  };
  // One call before: what the first of all brings into being is no call's.
  await ask({ legPorts: legPorts.slice(0, 2), first: -1, fingerprint });
  const before = await ask<Heaps>('heap');
  const ports = await ask<readonly number[]>({ legPorts, first: 0, fingerprint });
  const after = await ask<Heaps>('heap');
  const grown = after.mainBytes - before.mainBytes + after.workerBytes - before.workerBytes;
  return {
    pid,
    ports,
    heapBytesPerCall: grown / (legPorts.length / 2),
    async record(calls) {
      await ask({ recorded: calls });
    },
    async stop() {
      child.kill('SIGKILL');
    },
  };
}
