/** Shows what is being done: a line when a step is slow, and one with its duration when it ends. */
export interface Steps {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export function createSteps(write: (line: string) => void): Steps;
