export interface DiffOptions {
  readonly url: string;
  /** prisma/schema */
  readonly schemaFolder: string;
  /** SQL that makes the difference good; else a summary for people. */
  readonly script: boolean;
}

/**
 * What would have to be done to the database so that it is as the schema says; NO_DIFFERENCE (or an
 * empty script) where nothing would. Partitions, triggers, functions, checks and grants are invisible
 * to it: those lie in hand-written SQL alone.
 */
export function diffSchema(options: DiffOptions): Promise<string>;

/** How the summary of two equal schemas begins. Assert on this, never on an exit code. */
export const NO_DIFFERENCE: string;
