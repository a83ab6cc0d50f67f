import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createLogger } from '@/lib/infra/log';
import { startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import { type CallsOrder, makeCalls } from './support/engine-calls';
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

process.on('message', (order: CallsOrder | 'heap') => {
  const answer = order === 'heap' ? heapAfterCollection() : makeCalls(engine, order);
  answer.then(
    (result) => process.send?.({ result }),
    (error: unknown) => {
      process.stderr.write(`engine: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.({ ready: true });
