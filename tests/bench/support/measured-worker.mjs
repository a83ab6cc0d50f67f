/**
 * The media worker that ships, which also tells what its heap holds once the garbage is gone. Does
 * nothing until it is asked.
 */

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel } from 'node:worker_threads';

const channel = new BroadcastChannel('bench-heap');
channel.unref();
channel.onmessage = ({ data }) => {
  if (typeof data !== 'string') return;
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  channel.postMessage(process.memoryUsage().heapUsed);
};
await import(pathToFileURL(path.resolve('dist/media-worker.mjs')).href);
