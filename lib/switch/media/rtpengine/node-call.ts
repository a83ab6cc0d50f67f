import { AppError } from '@/lib/core/errors';
import type { Logger } from '@/lib/infra/log';
import { type BencodedTable, textAt } from '@/lib/protocol/ng/bencode';
import type { NgOutcome } from '@/lib/protocol/ng/client';
import type { NgArguments } from '@/lib/protocol/ng/message';
import type { RtpengineNode } from './node';
import { type NodePort, readNodePort } from './node-sdp';

/** Where a call may be. */
export interface NodeChoice {
  /** The node that has the fewest of those that are there; undefined where none is left. */
  pick(except: ReadonlySet<RtpengineNode>): RtpengineNode | undefined;
}

export interface NodeCallOptions {
  readonly callId: string;
  readonly node: RtpengineNode;
  readonly nodes: NodeChoice;
  readonly log: Logger;
}

/** What is said for one leg to another. */
export interface SaidToNode {
  readonly from: string;
  readonly to: string;
  readonly sdp: string;
  readonly details: NgArguments;
}

/** Without it ended calls keep their ports for half a minute. */
const AT_ONCE = { 'delete-delay': 0 };
const UNKNOWN_CALL = /unknown call-id/i;

/**
 * One call on one node: its commands, and whom the node is told not to relay. Until the node has
 * taken its first command the call may go to another one.
 */
export class NodeCall {
  node: RtpengineNode;
  private readonly options: NodeCallOptions;
  /** Whether the node has it. */
  private exists = false;
  /** Whether the node relays a leg, where it was told; null where that may be forgotten. */
  private readonly relayed = new Map<string, boolean | null>();
  private isCut = false;

  constructor(options: NodeCallOptions) {
    this.options = options;
    this.node = options.node;
    this.node.sessionCount += 1;
  }

  /** Whether there is anything at the node to be asked or ended. */
  get isThere(): boolean {
    return this.exists;
  }

  /** An offer; what the node says for the other leg. */
  async offer({ from, to, sdp, details }: SaidToNode): Promise<NodePort> {
    const tags = { 'from-tag': from, 'to-tag': to, 'via-branch': to };
    return portIn(await this.do('offer', { ...tags, sdp, ...details }));
  }

  /** The answer of `from` to what `to` offered; what the node says for that one. */
  async answer({ from, to, sdp, details }: SaidToNode): Promise<NodePort> {
    const tags = { 'from-tag': to, 'to-tag': from, 'via-branch': from };
    return portIn(await this.do('answer', { ...tags, sdp, ...details }));
  }

  /** What the node knows; null where it has no such call any more. */
  async query(): Promise<BencodedTable | null> {
    if (!this.exists) return null;
    const outcome = await this.ask('query', {});
    if (outcome.type === 'done') return outcome.body;
    if (outcome.type === 'refused' && UNKNOWN_CALL.test(outcome.reason)) return null;
    throw unavailable(outcome);
  }

  /** A key that a leg pressed, put into what it says. */
  async press(leg: string, details: NgArguments): Promise<void> {
    await this.do('play DTMF', { 'from-tag': leg, ...details });
  }

  /** Plays a file to a leg, in place of what is played to it. */
  async play(leg: string, blob: Buffer, times: number): Promise<void> {
    await this.do('play media', { 'from-tag': leg, blob, 'repeat-times': times });
  }

  async stopPlaying(leg: string): Promise<void> {
    if (this.exists) await this.ask('stop media', { 'from-tag': leg });
  }

  /** Has the node relay what a leg says, or not. It relays whom it was told nothing of. */
  async relay(leg: string, isHeard: boolean): Promise<void> {
    const before = this.relayed.has(leg) ? this.relayed.get(leg) : true;
    if (!this.exists || this.isCut || before === isHeard) return;
    await this.do(isHeard ? 'unblock media' : 'block media', { 'from-tag': leg });
    this.relayed.set(leg, isHeard);
  }

  /** Nothing is relayed from here on; said at once, whatever else is under way. */
  async cut(): Promise<void> {
    this.isCut = true;
    if (this.exists) await this.ask('block media', {});
  }

  /** Takes a leg out and frees its ports; whoever talked to it alone may go with it. */
  async remove(leg: string): Promise<void> {
    if (this.exists) await this.ask('delete', { 'from-tag': leg, ...AT_ONCE });
    this.relayed.delete(leg);
    for (const other of this.relayed.keys()) this.relayed.set(other, null);
  }

  /** Ends the call. */
  async delete(): Promise<void> {
    this.node.sessionCount -= 1;
    if (!this.exists) return;
    this.exists = false;
    const outcome = await this.ask('delete', AT_ONCE);
    if (outcome.type === 'done') return;
    const { callId: sessionId, log } = this.options;
    log.warn('media.rtpengine_not_deleted', { sessionId, node: this.node.name, outcome });
  }

  /** The node is not what it was. */
  lose(): void {
    this.exists = false;
  }

  private ask(command: string, details: NgArguments): Promise<NgOutcome> {
    return this.node.ask(command, { 'call-id': this.options.callId, ...details });
  }

  /** Throws UNAVAILABLE where the node does not do it; a call that is new goes to the next one. */
  private async do(command: string, details: NgArguments): Promise<BencodedTable> {
    const tried = new Set<RtpengineNode>();
    for (;;) {
      const outcome = await this.ask(command, details);
      if (outcome.type === 'done') {
        this.exists = true;
        return outcome.body;
      }
      tried.add(this.node);
      const next = this.exists ? undefined : this.options.nodes.pick(tried);
      if (!next) throw unavailable(outcome);
      // A node that is too slow may have made the call all the same.
      void this.node.ask('delete', { 'call-id': this.options.callId, ...AT_ONCE });
      this.node.sessionCount -= 1;
      this.node = next;
      this.node.sessionCount += 1;
    }
  }
}

function portIn(body: BencodedTable): NodePort {
  const port = readNodePort(textAt(body, 'sdp') ?? '');
  if (port) return port;
  throw new AppError('UNAVAILABLE', 'rtpengine has no port for the call.');
}

function unavailable(outcome: NgOutcome): AppError {
  const reason = outcome.type === 'refused' ? outcome.reason : 'it does not answer';
  return new AppError('UNAVAILABLE', `rtpengine does not carry the call: ${reason}.`, {
    meta: { reason },
  });
}
