import { type Bench, describeMachine } from './support/bench';

/** `npm run bench -- NAME`: each is loaded only when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  holds: async () => (await import('./holds')).holds,
  postings: async () => (await import('./postings')).postings,
  call: async () => (await import('./call')).call,
  endpoints: async () => (await import('./endpoints')).endpoints,
  register: async () => (await import('./register')).register,
  rate: async () => (await import('./rate')).rate,
  relay: async () => (await import('./relay')).relay,
};

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const load = BENCHES[process.argv[2] ?? ''];
if (load === undefined) {
  say(`usage: npm run bench -- NAME, where NAME is one of ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 1;
} else {
  const bench = await load();
  say(`${bench.name}: ${bench.about}\n`);
  const { figures, ratios } = await bench.run(say);
  say(JSON.stringify({ bench: bench.name, figures, ratios, machine: describeMachine() }));
}
