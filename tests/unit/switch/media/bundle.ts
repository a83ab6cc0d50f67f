import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export interface Bundle {
  readonly workerUrl: URL;
  remove(): Promise<void>;
}

/** Bundles a worker as production does, into a directory that holds nothing else. */
export async function bundleOf(entry: string): Promise<Bundle> {
  const directory = await mkdtemp(path.join(tmpdir(), 'media-worker-'));
  const outfile = path.join(directory, 'media-worker.mjs');
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  return {
    workerUrl: pathToFileURL(outfile),
    remove: () => rm(directory, { recursive: true }),
  };
}
