import { expect } from 'vitest';
import { createRequest } from '@/lib/protocol/sip/build';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import type {
  ClientHandlers,
  TransactionLayer,
  TransactionUsers,
} from '@/lib/protocol/sip/transaction';
import { VirtualNetwork } from './virtual-network';

/** An ordinary request of Alice's to Bob. */
export function request(method: string, cseq = 1, extra: Record<string, string> = {}): SipRequest {
  return createRequest({
    method,
    uri: 'sip:102@bob',
    headers: {
      from: '<sip:101@alice>;tag=a',
      to: '<sip:102@bob>',
      'call-id': 'call-1',
      cseq: `${cseq} ${method}`,
      contact: '<sip:101@alice>',
      ...extra,
    },
  });
}

/** Keeps what a client transaction tells. */
export function recorder(): ClientHandlers & {
  statuses: number[];
  responses: SipResponse[];
  failures: string[];
} {
  const record = {
    statuses: [] as number[],
    responses: [] as SipResponse[],
    failures: [] as string[],
    onResponse: (response: SipResponse) => {
      record.statuses.push(response.status);
      record.responses.push(response);
    },
    onFailure: (failure: string) => record.failures.push(failure),
  };
  return record;
}

/** Transactions that are under way. */
export function live(layer: TransactionLayer): number {
  const { inviteClient, inviteServer, nonInviteClient, nonInviteServer } = layer.counters();
  return inviteClient + inviteServer + nonInviteClient + nonInviteServer;
}

/** Two hosts; bob does what he is told. Every test ends with nothing alive and no timer set. */
export function pair(bobs: Partial<TransactionUsers> = {}, alices: Partial<TransactionUsers> = {}) {
  const network = new VirtualNetwork();
  const alice = network.host('alice', alices);
  const bob = network.host('bob', bobs);
  const flow = network.flow('alice', 'bob');
  return {
    network,
    alice,
    bob,
    flow,
    finish: () => {
      network.advance(300_000);
      expect(network.errors).toEqual([]);
      expect([live(alice), live(bob), network.timers.size]).toEqual([0, 0, 0]);
    },
  };
}

/** How many packets whose start line begins so were sent. */
export const sends = (network: VirtualNetwork, start: string) =>
  network.startLines().filter((line) => line.startsWith(start)).length;
