/**
 * Shows what is being done, a line a step. It runs before any package is there, and is bundled into
 * the supervisor; steps.d.mts has its types.
 */

const SLOW_MS = 1_000;
const STILL_MS = 15_000;

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Steps that are written to `write`, which takes whole lines. */
export function createSteps(write) {
  return {
    async run(name, work) {
      const since = performance.now();
      const begun = setTimeout(() => write(`  … ${name}\n`), SLOW_MS);
      const still = setInterval(() => write(`  … ${name} (${seconds(since)})\n`), STILL_MS);
      try {
        const result = await work();
        write(`  ✓ ${name} ${seconds(since)}\n`);
        return result;
      } catch (error) {
        write(`  ✗ ${name} ${seconds(since)}\n`);
        throw error;
      } finally {
        clearTimeout(begun);
        clearInterval(still);
      }
    },
  };
}

/** Steps for people at the terminal; standard output is left to those who read it by machine. */
export const terminalSteps = createSteps((line) => process.stderr.write(line));
