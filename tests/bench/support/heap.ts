import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel } from 'node:worker_threads';

/** What the heaps of a process hold once the garbage is gone. */
export interface Heaps {
  readonly mainBytes: number;
  readonly workerBytes: number;
}

/** Of this thread and of its media worker, which is measured-worker.mjs. */
export async function heapAfterCollection(): Promise<Heaps> {
  const channel = new BroadcastChannel('bench-heap');
  const answer = new Promise<number>((resolve) => {
    channel.onmessage = (event) => {
      const data: unknown = event instanceof MessageEvent ? event.data : undefined;
      if (typeof data === 'number') resolve(data);
    };
  });
  channel.postMessage('how much?');
  const workerBytes = await answer;
  channel.close();
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return { mainBytes: process.memoryUsage().heapUsed, workerBytes };
}
