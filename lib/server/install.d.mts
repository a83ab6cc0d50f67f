/** Says what is missing where this Node is too old; null where it is fine. */
export function nodeComplaint(version?: string): string | null;

/** Whether the packages of a project are those of its lock file. */
export function isInstalled(root: string): boolean;

/** Brings node_modules to what the lock file says; does nothing where it is that already. */
export function installIfStale(root: string): Promise<void>;
