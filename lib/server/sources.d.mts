type Part = 'generate' | 'bundle' | 'next';

/** One hash over names and contents of what a part is made of, and over the Node it was made with. */
export function sourceHash(root: string, part: Part): string;

/** Whether a part was made from exactly what lies there now, and its result is still there. */
export function isFresh(root: string, part: Part, results: readonly string[]): boolean;

/** Remembers what a part was made from: the hash as it was when the work began. */
export function writeStamp(root: string, part: Part, hash: string): void;
