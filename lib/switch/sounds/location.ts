/**
 * Where the built-in recordings lie: in a bundle dist/sounds beside dist/switch.mjs, in the source
 * tree beside this file.
 */
export function soundFiles(moduleUrl: string = import.meta.url): URL {
  return new URL(moduleUrl.endsWith('.ts') ? './files/' : './sounds/', moduleUrl);
}
