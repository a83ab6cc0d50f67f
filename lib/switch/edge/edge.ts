import type { Edge, EdgeOptions } from './types';

/** Makes the edge: sockets that are not open until start(). */
export function createEdge(_options: EdgeOptions): Edge {
  throw new Error('follows');
}
