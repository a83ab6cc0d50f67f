// The media worker run from the source tree: a worker thread does not inherit tsx from its parent.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
