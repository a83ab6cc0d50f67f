export function isAlive(pid: number): boolean;
export function startOf(pid: number): string | null;
export function lockFile(dataDir: string): string;
export function alreadyRunning(
  dataDir: string,
  holder: { readonly pid: number; readonly web: string },
): string;
export function runningComplaint(
  argv: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): string | null;
