import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { addonLocation } from '@/lib/protocol/native/addon';

export interface Bundle {
  readonly workerUrl: URL;
  remove(): Promise<void>;
}

/**
 * Bundles a worker as production does, into a directory that holds nothing else but, if this
 * machine has it, the native fast path.
 */
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
  const addon = addonLocation();
  if (existsSync(addon)) await copyFile(addon, path.join(directory, 'udp.node'));
  return {
    workerUrl: pathToFileURL(outfile),
    remove: () => rm(directory, { recursive: true }),
  };
}
