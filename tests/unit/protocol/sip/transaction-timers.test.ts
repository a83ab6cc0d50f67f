import { describe, expect, it } from 'vitest';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { live, pair, recorder, request, sends } from './two-hosts';
import { spoilt } from './wire';

const REFUSES = {
  onRequest: (transaction: ServerTransaction) => transaction.respond(486),
} as const;

describe('timer D', () => {
  it('keeps a refused INVITE of ours for 32 s and not longer: each repetition is acknowledged', () => {
    const { network, alice, bob, flow, finish } = pair(REFUSES);
    const record = recorder();
    alice.request(request('INVITE'), flow, record);
    network.advance(100);
    const refusal = network.log.find((text) => text.startsWith('SIP/2.0 486')) ?? '';
    const again = () => {
      alice.receive(Buffer.from(refusal, 'latin1'), network.flow('alice', 'bob'));
      return sends(network, 'ACK');
    };
    // What is kept is its ACK, not the transaction.
    expect(live(alice)).toBe(0);
    expect(again()).toBe(2);
    network.advance(31_800);
    expect(again()).toBe(3);
    network.advance(300);
    expect(again()).toBe(3);
    expect(record.statuses).toEqual([486]);
    bob.stop();
    finish();
  });
});

describe('timers G and I', () => {
  it('the ACK ends the repetition of a refusal, and what comes late is absorbed for T4', () => {
    let heard = 0;
    const { network, bob } = pair({
      onRequest: (transaction) => {
        heard += 1;
        transaction.respond(486);
      },
    });
    const flow = network.flow('bob', 'alice');
    const ack = () =>
      bob.receive(
        spoilt({ start: 'ACK sip:102@acme.test SIP/2.0', cseq: 'CSeq: 314159 ACK' }),
        flow,
      );
    bob.receive(spoilt({}), flow);
    network.advance(600);
    ack();
    network.advance(4_900);
    bob.receive(spoilt({}), flow);
    ack();
    expect(live(bob)).toBe(1);
    expect(network.startLines()).toEqual(['SIP/2.0 486 Busy Here', 'SIP/2.0 486 Busy Here']);
    expect(heard).toBe(1);
    network.advance(200);
    expect(live(bob)).toBe(0);
    expect(network.timers.size).toBe(0);
  });
});

describe('timer J', () => {
  it('an answer is given again for 32 s, and not longer', () => {
    let heard = 0;
    const { network, bob } = pair({
      onRequest: (transaction) => {
        heard += 1;
        transaction.respond(200);
      },
    });
    const flow = network.flow('bob', 'alice');
    const ask = () =>
      bob.receive(
        spoilt({ start: 'OPTIONS sip:102@acme.test SIP/2.0', cseq: 'CSeq: 314159 OPTIONS' }),
        flow,
      );
    ask();
    network.advance(31_900);
    ask();
    expect([heard, sends(network, 'SIP/2.0 200')]).toEqual([1, 2]);
    // Answers are forgotten half a lifetime at a time.
    network.advance(32_000);
    ask();
    expect([heard, sends(network, 'SIP/2.0 200')]).toEqual([2, 3]);
    bob.stop();
  });
});

describe('timer K', () => {
  it('a repeated answer is absorbed for T4 and longer, without a transaction; then it belongs to nobody', () => {
    const strays: number[] = [];
    const { network, alice, bob, flow, finish } = pair(
      { onRequest: (transaction) => transaction.respond(200) },
      { onStrayResponse: ({ status }) => strays.push(status) },
    );
    const record = recorder();
    alice.request(request('OPTIONS'), flow, record);
    network.advance(100);
    const answer = Buffer.from(network.log.at(-1) ?? '', 'latin1');
    network.advance(4_800);
    alice.receive(answer, network.flow('alice', 'bob'));
    expect([record.statuses, strays, live(alice)]).toEqual([[200], [], 0]);
    network.advance(28_000);
    alice.receive(answer, network.flow('alice', 'bob'));
    expect([record.statuses, strays]).toEqual([[200], [200]]);
    bob.stop();
    finish();
  });
});

describe('on a stream', () => {
  it('an INVITE that is refused is over with the ACK on both sides: D and I are 0', () => {
    const { network, alice, bob, finish } = pair(REFUSES);
    const record = recorder();
    alice.request(request('INVITE'), network.flow('alice', 'bob', 'tcp'), record);
    network.advance(20);
    expect(record.statuses).toEqual([486]);
    expect([live(alice), live(bob)]).toEqual([0, 0]);
    expect(network.startLines().map((line) => line.slice(0, 11))).toEqual([
      'INVITE sip:',
      'SIP/2.0 486',
      'ACK sip:102',
    ]);
    finish();
  });

  it('timer B still ends what nobody answers, without a repetition', () => {
    const { network, alice, finish } = pair();
    network.fate = () => [];
    const invite = recorder();
    const options = recorder();
    const flow = network.flow('alice', 'bob', 'tls');
    alice.request(request('INVITE'), flow, invite);
    alice.request(request('OPTIONS', 2), flow, options);
    network.advance(31_900);
    expect([invite.failures, options.failures]).toEqual([[], []]);
    network.advance(200);
    expect([invite.failures, options.failures]).toEqual([['timeout'], ['timeout']]);
    expect(network.log).toHaveLength(2);
    finish();
  });

  it('timer H still ends a refusal that nobody acknowledges, which is said once', () => {
    const failures: string[] = [];
    const { network, bob } = pair({
      onRequest: (transaction) => {
        transaction.onFailure = (failure) => failures.push(failure);
        transaction.respond(486);
      },
    });
    bob.receive(spoilt({ l: 'Content-Length: 0' }), network.flow('bob', 'alice', 'tcp'));
    network.advance(31_900);
    expect([failures, live(bob)]).toEqual([[], 1]);
    network.advance(200);
    expect([failures, live(bob)]).toEqual([['timeout'], 0]);
    expect(network.log).toHaveLength(1);
  });
});

describe('timer C', () => {
  it('is not begun anew by a 100: that says nothing of the callee', () => {
    const bobs: ServerTransaction[] = [];
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => {
        bobs.push(transaction);
        transaction.respond(180);
      },
    });
    const record = recorder();
    alice.request(request('INVITE'), flow, record);
    network.advance(170_000);
    bobs[0]?.respond(100);
    expect(sends(network, 'CANCEL')).toBe(0);
    // 185 s after the 180.
    network.advance(15_100);
    expect(sends(network, 'CANCEL')).toBe(1);
    finish();
    expect(record.statuses.at(-1)).toBe(487);
  });
});
