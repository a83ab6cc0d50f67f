import { describeMachine } from '@/tests/bench/support/bench';
import type { Soak } from './soak';

/** `npm run soak -- NAME [MINUTES [PER_SECOND]]`: hours of ordinary trouble, shortened to minutes. */
const SOAKS: Readonly<Record<string, () => Promise<Soak>>> = {
  charging: async () => (await import('./charging')).charging,
  fuzz: async () => (await import('./fuzz')).fuzz,
  signalling: async () => (await import('./signalling')).signalling,
};

const DEFAULT_MINUTES = 1;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [name = '', minutes, perSecond] = process.argv.slice(2);
const load = SOAKS[name];
const runMs = Number(minutes ?? DEFAULT_MINUTES) * 60_000;
if (load === undefined || !(runMs > 0)) {
  say(
    `usage: npm run soak -- NAME [MINUTES [PER_SECOND]], where NAME is one of ${Object.keys(SOAKS).join(', ')}`,
  );
  process.exitCode = 1;
} else {
  const soak = await load();
  say(`${soak.name}: ${soak.about}\n`);
  const { figures, complaints } = await soak.run({
    runMs,
    perSecond: perSecond === undefined ? undefined : Number(perSecond),
    say,
  });
  for (const complaint of complaints) say(`✗ ${complaint}`);
  say(
    JSON.stringify({
      soak: soak.name,
      ok: complaints.length === 0,
      figures,
      machine: describeMachine(),
    }),
  );
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
