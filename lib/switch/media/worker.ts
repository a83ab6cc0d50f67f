import { randomInt } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '@/lib/core/clock';
import { assert } from '@/lib/core/errors';
import { captureDisk } from './relay/capture-disk';
import type { FromWorker, ToWorker, WorkerSetup } from './relay/messages';
import { mediaSockets } from './relay/native-socket';
import { Relay } from './relay/relay';

/**
 * The entry of a media worker: its own bundle (dist/media-worker.mjs), started by the engine, which
 * hands it a slice of the RTP ports.
 */

const SWEEP_MS = 1_000;

const port = parentPort;
assert(port, 'the media worker is started by its engine');
const { gates, isNative, ...setup } = workerData as WorkerSetup;

const relay = new Relay({
  ...setup,
  gates: new Int32Array(gates),
  clock: systemClock,
  randomBelow: (bound) => randomInt(bound),
  setTimer: (run, delayMs) => void setTimeout(run, delayMs),
  openSocket: mediaSockets(isNative),
  captureDisk,
  emit: (message: FromWorker) => port.postMessage(message),
});

port.on('message', (message: ToWorker) => void relay.handle(message));
setInterval(() => relay.sweep(), SWEEP_MS);
port.postMessage({ type: 'ready' } satisfies FromWorker);
