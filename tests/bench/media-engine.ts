import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createLogger } from '@/lib/infra/log';
import { startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import { type CallsOrder, CallsRecorder, makeCalls } from './support/engine-calls';
import { heapAfterCollection } from './support/heap';

/**
 * The built-in relay alone, without SIP, in a process of its own: its worker is the one that ships
 * (dist/media-worker.mjs), asked from within what its heap holds.
 */
const [portMin, portMax, sockets] = process.argv.slice(2);
const engine = await startBuiltInEngine({
  workerUrl: pathToFileURL(path.resolve('tests/bench/support/measured-worker.mjs')),
  bindAddress: '127.0.0.1',
  publicAddress: '127.0.0.1',
  portMin: Number(portMin),
  portMax: Number(portMax),
  native: sockets === 'native',
  log: createLogger({ process: 'bench', level: 'warn', format: 'json' }),
});

const directory = mkdtempSync(path.join(tmpdir(), 'tollbridge-bench-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const recorder = new CallsRecorder(engine, directory);

type Order = CallsOrder | 'heap' | { readonly recorded: number };

async function carryOut(order: Order): Promise<unknown> {
  if (order === 'heap') return await heapAfterCollection();
  if ('recorded' in order) return await recorder.record(order.recorded);
  return await makeCalls(engine, order);
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (result) => process.send?.({ result: result ?? null }),
    (error: unknown) => {
      process.stderr.write(`engine: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.({ ready: true });
