import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type Bench, describeMachine } from './support/bench';

/** `npm run bench -- NAME`: each bench is a file of this folder that exports itself by its name. */
const folder = path.resolve('tests/bench');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length));

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function isBench(value: unknown): value is Bench {
  return typeof value === 'object' && value !== null && 'run' in value && 'about' in value;
}

const name = process.argv[2] ?? '';
if (!names.includes(name)) {
  say(`usage: npm run bench -- NAME, where NAME is one of ${names.join(', ')}`);
  process.exit(1);
}
const module: Record<string, unknown> = await import(path.join(folder, `${name}.ts`));
const bench = Object.values(module).find(isBench);
if (!bench) throw new Error(`tests/bench/${name}.ts exports no bench`);
say(`${bench.name}: ${bench.about}\n`);
const { figures, ratios } = await bench.run(say);
say(JSON.stringify({ bench: bench.name, figures, ratios, machine: describeMachine() }));
