import type { Clock } from '@/lib/core/clock';
import type { Logger } from '@/lib/infra/log';
import { heartbeat, startNode, stopNode } from '@/lib/services/charging/node-lease';
import type { NodeLease } from '@/lib/services/charging/types';
import type { ServicesDatabase } from '@/lib/services/database';

/** How often the node says that it lives; what a crash is settled to (facts: crash). */
export const HEARTBEAT_MS = 5_000;

export interface NodeLifeOptions {
  readonly database: ServicesDatabase;
  readonly env: { readonly nodeId: string };
  readonly clock: Clock;
  readonly log: Logger;
  /** Another process took this node: what is still done must not cost anybody anything. */
  readonly onFenced: () => void;
}

/** The switch as a node: it takes its lease, says that it lives, and that it stopped in order. */
export class NodeLife {
  private readonly options: NodeLifeOptions;
  private lease: NodeLease | undefined;

  constructor(options: NodeLifeOptions) {
    this.options = options;
  }

  async begin(): Promise<NodeLease> {
    const { database, env, clock } = this.options;
    const { nodeId } = env;
    this.lease = await startNode(database, { nodeId, kind: 'switch', nowMs: clock.nowMs() });
    return this.lease;
  }

  async beat(): Promise<void> {
    const { database, clock, log, onFenced } = this.options;
    if (!this.lease || (await heartbeat(database, this.lease, clock.nowMs()))) return;
    log.error('switch.fenced', { node: this.lease.nodeId });
    onFenced();
  }

  async end(): Promise<void> {
    const { database, clock } = this.options;
    if (this.lease) await stopNode(database, this.lease, clock.nowMs());
  }
}
