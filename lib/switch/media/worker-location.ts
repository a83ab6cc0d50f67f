/** Where the code of the media worker is. */
export interface MediaWorkerLocation {
  readonly workerUrl: URL;
}

/**
 * The worker beside this code: in a bundle dist/media-worker.mjs beside dist/switch.mjs (its entry
 * is worker.ts), in the source tree worker-from-source.mjs, which runs worker.ts by tsx.
 */
export function mediaWorkerLocation(moduleUrl: string = import.meta.url): MediaWorkerLocation {
  const file = moduleUrl.endsWith('.ts') ? './worker-from-source.mjs' : './media-worker.mjs';
  return { workerUrl: new URL(file, moduleUrl) };
}
