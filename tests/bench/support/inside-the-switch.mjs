/**
 * Loaded into the switch that a bench measures (node --import): answers what its heap holds once
 * the garbage is gone. Does nothing until it is asked.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.send !== undefined) {
  process.on('message', (message) => {
    if (message?.bench !== 'memory') return;
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
    process.send({
      memory: { heapBytes: heapUsed, externalBytes: external + arrayBuffers, residentBytes: rss },
    });
  });
}
