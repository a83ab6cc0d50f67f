import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { AnsweredCache } from '@/lib/protocol/sip/answered-cache';
import type { SipRequest } from '@/lib/protocol/sip/message';
import { retransmitAnswer } from '@/lib/protocol/sip/retransmit-answer';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { live, pair, recorder, request, sends } from './two-hosts';
import { rough, seeded, VirtualNetwork } from './virtual-network';
import { spoilt } from './wire';

/** The line of the topmost Via, as it was sent. */
function viaOf(text = ''): string {
  return /\r\n(Via: [^\r]*\r\n)/.exec(text)?.[1] ?? 'no Via';
}

describe('a non-INVITE', () => {
  it('is sent again at T1 doubling to T2 until it is answered, at most until 64·T1', () => {
    const { network, alice, flow, finish } = pair();
    network.fate = () => [];
    const record = recorder();
    alice.request(request('OPTIONS'), flow, record);
    const sentAtMs: number[] = [];
    for (let atMs = 0; atMs < 40_000; atMs += 10) {
      const before = network.log.length;
      network.advance(10);
      if (network.log.length > before) sentAtMs.push(network.timers.nowMs);
    }
    expect(sentAtMs).toEqual([
      500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ]);
    expect(record.failures).toEqual(['timeout']);
    finish();
  });

  it('is repeated at T2 once a provisional came', () => {
    const { network, alice, bob, flow, finish } = pair({
      onRequest: (transaction) => transaction.respond(183),
    });
    const record = recorder();
    alice.request(request('OPTIONS'), flow, record);
    network.advance(10_000);
    // At 0 and 500 ms (timer E was set before the 183 came), then at 4.5 and 8.5 s.
    expect(sends(network, 'OPTIONS')).toBe(4);
    expect(record.statuses[0]).toBe(183);
    network.advance(30_000);
    expect(record.failures).toEqual(['timeout']);
    // Bob never answers for good: his own transaction is his to end.
    bob.stop();
    finish();
  });

  it('gets the same answer again when it is repeated, and its user hears of it once', () => {
    let heard = 0;
    const { network, alice, bob, flow, finish } = pair({
      onRequest: (transaction) => {
        heard += 1;
        transaction.respond(200, 'OK', { headers: { 'x-count': heard } });
      },
    });
    network.fate = ({ index }) => (index < 3 && index % 2 === 1 ? [] : [1, 30]);
    const record = recorder();
    alice.request(request('OPTIONS'), flow, record);
    network.advance(5_000);
    expect(heard).toBe(1);
    expect(record.statuses).toEqual([200]);
    expect(bob.counters().retransmitsReceived).toBeGreaterThan(0);
    expect(bob.counters().answered).toBe(1);
    finish();
    expect(bob.counters().answered).toBe(0);
  });

  it('on a stream is sent once and forgotten as soon as it is answered', () => {
    const { network, alice, bob, finish } = pair({
      onRequest: (transaction) => transaction.respond(200),
    });
    const record = recorder();
    alice.request(request('OPTIONS'), network.flow('alice', 'bob', 'tcp'), record);
    network.advance(10);
    expect(record.statuses).toEqual([200]);
    expect([live(alice), live(bob), bob.counters().answered]).toEqual([0, 0, 0]);
    finish();
  });

  it('fails at once when its flow is gone, after the caller holds the transaction', () => {
    const { network, alice, finish } = pair();
    const record = recorder();
    alice.request(request('OPTIONS'), network.flow('alice', 'unreachable', 'tcp'), record);
    expect(record.failures).toEqual([]);
    network.advance(20);
    expect(record.failures).toEqual(['transport']);
    expect(live(alice)).toBe(0);
    finish();
  });

  it('fails when the connection that it went by ends', () => {
    const { network, alice, bob } = pair({ onRequest: () => {} });
    const record = recorder();
    const flow = network.flow('alice', 'bob', 'tcp');
    alice.request(request('OPTIONS'), flow, record);
    network.advance(20);
    // The connection got its number after the request was on its way.
    alice.flowFailed({ ...flow, connectionId: 7 });
    expect(record.failures).toEqual(['transport']);
    bob.flowFailed(network.flow('bob', 'alice', 'tcp'));
    expect([live(alice), live(bob)]).toEqual([0, 0]);
  });
});

describe('an INVITE of ours', () => {
  it('is sent again by timer A, doubling, and given up by timer B', () => {
    const { network, alice, flow, finish } = pair();
    network.fate = () => [];
    const record = recorder();
    alice.request(request('INVITE'), flow, record);
    network.advance(31_900);
    expect(sends(network, 'INVITE')).toBe(7);
    expect(record.failures).toEqual([]);
    network.advance(200);
    expect(record.failures).toEqual(['timeout']);
    finish();
  });

  it('is not repeated any more once a provisional came, and 100 comes within 200 ms', () => {
    const { network, alice, flow, finish } = pair({ onRequest: () => {} });
    const record = recorder();
    const transaction = alice.request(request('INVITE'), flow, record);
    network.advance(210);
    expect(record.statuses).toEqual([100]);
    network.advance(20_000);
    expect(sends(network, 'INVITE')).toBe(1);
    transaction.cancel();
    finish();
    expect(record.statuses).toEqual([100, 487]);
  });

  it('has its refusal acknowledged hop by hop: same branch, Route and CSeq number', () => {
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => transaction.respond(486),
    });
    const record = recorder();
    alice.request(request('INVITE', 7, { route: '<sip:proxy;lr>' }), flow, record);
    network.advance(100);
    const ack = network.log.find((text) => text.startsWith('ACK'));
    expect(ack).toContain(viaOf(network.log[0]));
    expect(ack).toContain('Route: <sip:proxy;lr>\r\n');
    expect(ack).toContain('CSeq: 7 ACK\r\n');
    expect(ack).toContain(`To: ${record.responses[0]?.header('to')}\r\n`);
    finish();
    expect(record.statuses).toEqual([486]);
  });

  it('acknowledges a repeated refusal again and passes it up once', () => {
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => transaction.respond(486),
    });
    let acks = 0;
    network.fate = ({ text }) => {
      if (!text.startsWith('ACK')) return [1];
      acks += 1;
      return acks < 3 ? [] : [1];
    };
    const record = recorder();
    alice.request(request('INVITE'), flow, record);
    network.advance(10_000);
    expect(acks).toBe(3);
    expect(record.statuses).toEqual([486]);
    finish();
  });

  it('passes a 2xx up as often as it comes until it is acknowledged, or until timer M', () => {
    let server: ServerTransaction | undefined;
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => {
        server = transaction;
        transaction.respond(200);
      },
    });
    const record = recorder();
    alice.request(request('INVITE'), flow, record);
    network.advance(1_000);
    server?.resend();
    network.advance(1_000);
    expect(record.statuses).toEqual([200, 200]);
    network.advance(31_000);
    expect(live(alice)).toBe(0);
    finish();
  });

  it('acknowledged, leaves its ACK behind for 32 s and tells of other branches, a dozen at most', () => {
    const late: string[] = [];
    const strays: string[] = [];
    const { network, alice, flow, finish } = pair(
      { onRequest: (transaction) => transaction.respond(200) },
      {
        onLateAnswer: ({ toTag }) => {
          late.push(toTag);
          return request('ACK', 1, { to: `<sip:102@bob>;tag=${toTag}` });
        },
        onStrayResponse: ({ toTag }) => strays.push(toTag),
      },
    );
    const record = recorder();
    const transaction = alice.request(request('INVITE'), flow, {
      ...record,
      onResponse: (response) => {
        record.onResponse(response);
        transaction.acknowledge(response, request('ACK'), flow);
      },
    });
    network.advance(100);
    const answer = network.log.find((text) => text.startsWith('SIP/2.0 200')) ?? '';
    const again = (tag: string) =>
      alice.receive(Buffer.from(answer.replace(/(\r\nTo: .*tag=)[^\r]*/, `$1${tag}`)), flow);
    expect([record.statuses, sends(network, 'ACK'), live(alice)]).toEqual([[200], 1, 0]);
    alice.receive(Buffer.from(answer), flow);
    expect([record.statuses, sends(network, 'ACK')]).toEqual([[200], 2]);
    again('other');
    again('other');
    expect([late, sends(network, 'ACK')]).toEqual([['other'], 4]);
    for (let count = 0; count < 100; count += 1) again(`branch${count}`);
    expect([late.length, strays.length]).toEqual([12, 89]);
    network.advance(32_000);
    strays.length = 0;
    alice.receive(Buffer.from(answer), flow);
    expect([record.statuses, strays.length]).toEqual([[200], 1]);
    finish();
  });

  it('queues a CANCEL until a provisional came, and sends it under the same Via', () => {
    const bobs: ServerTransaction[] = [];
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => {
        bobs.push(transaction);
        transaction.onCancel = () => transaction.respond(487);
      },
    });
    const record = recorder();
    const transaction = alice.request(request('INVITE'), flow, record);
    transaction.cancel({ reason: 'SIP;cause=200' });
    transaction.cancel();
    network.advance(100);
    expect(sends(network, 'CANCEL')).toBe(0);
    bobs[0]?.respond(180);
    network.advance(100);
    const cancel = network.log.find((text) => text.startsWith('CANCEL'));
    expect(cancel).toContain(viaOf(network.log[0]));
    expect(cancel).toContain('Reason: SIP;cause=200\r\n');
    expect(sends(network, 'CANCEL')).toBe(1);
    expect(record.statuses).toEqual([180, 487]);
    // And the 487 has its ACK.
    expect(sends(network, 'ACK')).toBe(1);
    finish();
  });

  it('counts as cancelled 64·T1 after a CANCEL that nothing follows', () => {
    const { network, alice, bob, flow } = pair({
      onRequest: (transaction) => transaction.respond(180),
    });
    const record = recorder();
    const transaction = alice.request(request('INVITE'), flow, record);
    network.advance(100);
    network.fate = () => [];
    transaction.cancel();
    network.advance(33_000);
    expect(record.failures).toEqual(['timeout']);
    expect(live(alice)).toBe(0);
    bob.stop();
  });

  it('may be answered after its CANCEL: the 2xx is passed up', () => {
    const bobs: ServerTransaction[] = [];
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => {
        bobs.push(transaction);
        transaction.onCancel = () => {};
        transaction.respond(180);
      },
    });
    const record = recorder();
    const transaction = alice.request(request('INVITE'), flow, record);
    network.advance(100);
    bobs[0]?.respond(200);
    transaction.cancel();
    network.advance(100);
    expect(record.statuses).toEqual([180, 200]);
    finish();
  });

  it('rings no longer than timer C after its last 101–199', () => {
    const bobs: ServerTransaction[] = [];
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => {
        bobs.push(transaction);
        transaction.respond(180);
      },
    });
    const record = recorder();
    alice.request(request('INVITE'), flow, record);
    network.advance(180_000);
    bobs[0]?.respond(183);
    network.advance(180_000);
    expect(sends(network, 'CANCEL')).toBe(0);
    network.advance(10_000);
    expect(sends(network, 'CANCEL')).toBe(1);
    expect(record.statuses).toEqual([180, 183, 487]);
    finish();
  });
});

describe('an INVITE to us', () => {
  it('has its refusal repeated by timer G until the ACK, at most until timer H', () => {
    const failures: string[] = [];
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => {
        transaction.onFailure = (failure) => failures.push(failure);
        transaction.respond(486);
      },
    });
    network.fate = ({ text }) => (text.startsWith('INVITE') ? [1] : []);
    alice.send(request('INVITE').withHeaders({ cseq: '1 INVITE' }), flow);
    network.advance(31_000);
    expect(sends(network, 'SIP/2.0 486')).toBe(10);
    expect(failures).toEqual([]);
    network.advance(2_000);
    expect(failures).toEqual(['timeout']);
    finish();
  });

  it('tags every response alike, and answers where the request came from', () => {
    const { network, bob } = pair({
      onRequest: (transaction) => {
        transaction.respond(180);
        transaction.respond(486);
      },
    });
    const flow = {
      transport: 'udp' as const,
      local: { address: 'bob', port: 5060 },
      remote: { address: '203.0.113.9', port: 4_711 },
    };
    bob.receive(spoilt({}), flow);
    const [ringing = '', busy = ''] = network.log;
    expect(ringing).toContain('received=203.0.113.9');
    expect(ringing).toContain('rport=4711');
    const tag = /To: .*;tag=(\w+)/.exec(ringing)?.[1];
    expect(tag).toBeDefined();
    expect(busy).toContain(`;tag=${tag}`);
    bob.stop();
  });

  it('that nobody answers for is answered 500 when its user throws', () => {
    const { network, alice, flow } = pair({
      onRequest: () => {
        throw new Error('a defect of ours');
      },
    });
    const record = recorder();
    alice.request(request('INVITE'), flow, record);
    network.advance(100);
    expect(record.statuses).toEqual([500]);
    expect(network.errors).toHaveLength(1);
  });

  it('is merged when it comes twice by different ways', () => {
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => transaction.respond(180),
    });
    const first = recorder();
    const second = recorder();
    const transaction = alice.request(request('INVITE'), flow, first);
    alice.request(request('INVITE'), flow, second);
    network.advance(100);
    expect(first.statuses).toEqual([180]);
    expect(second.statuses).toEqual([482]);
    transaction.cancel();
    finish();
  });

  it('with the same CSeq again after a refusal is a new attempt, as of phones that do not count', () => {
    let heard = 0;
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => {
        heard += 1;
        transaction.respond(heard === 1 ? 401 : 486);
      },
    });
    const record = recorder();
    alice.request(request('INVITE'), flow, record);
    network.advance(100);
    alice.request(request('INVITE'), flow, record);
    network.advance(100);
    expect(record.statuses).toEqual([401, 486]);
    finish();
  });

  it('finds its CANCEL although a NAT changed the sent-by, but only from the same place', () => {
    let cancelled = 0;
    const { network, bob } = pair({
      onRequest: (transaction) => {
        transaction.onCancel = () => {
          cancelled += 1;
          transaction.respond(487);
        };
      },
    });
    const flow = network.flow('bob', 'alice');
    const cancel = (via: string) =>
      spoilt({
        start: 'CANCEL sip:102@acme.test SIP/2.0',
        via: `Via: SIP/2.0/UDP ${via};branch=z9hG4bK776asdhds`,
        cseq: 'CSeq: 314159 CANCEL',
      });
    bob.receive(spoilt({}), flow);
    bob.receive(cancel('10.0.0.1:4000'), network.flow('bob', 'mallory'));
    expect(cancelled).toBe(0);
    expect(network.startLines()).toContain('SIP/2.0 481 Call/Transaction Does Not Exist');
    bob.receive(cancel('10.0.0.2:4000'), flow);
    expect(cancelled).toBe(1);
    expect(network.startLines()).toContain('SIP/2.0 200 OK');
    bob.stop();
  });

  it('of an RFC 2543 caller is told apart without a branch', () => {
    let heard = 0;
    const { network, bob } = pair({
      onRequest: (transaction) => {
        heard += 1;
        transaction.respond(486);
      },
    });
    const flow = network.flow('bob', 'alice');
    const via = 'Via: SIP/2.0/UDP 192.0.2.1';
    bob.receive(spoilt({ via }), flow);
    bob.receive(spoilt({ via }), flow);
    expect(heard).toBe(1);
    bob.receive(spoilt({ via, 'call-id': 'Call-ID: another' }), flow);
    expect(heard).toBe(2);
    const start = 'ACK sip:102@acme.test SIP/2.0';
    bob.receive(spoilt({ via, start, cseq: 'CSeq: 314159 ACK' }), flow);
    const before = network.log.length;
    network.advance(400);
    expect(network.log.length).toBe(before);
    bob.stop();
  });
});

describe('a 2xx', () => {
  it('is repeated at T1 doubling to T2 until its ACK, on streams too', () => {
    const acks: SipRequest[] = [];
    let repetition: { stop(): void } | undefined;
    const { network, alice, finish } = pair({
      onRequest: (transaction) => {
        transaction.respond(200);
        repetition = retransmitAnswer(transaction, { timers: network.timers, onGiveUp: () => {} });
      },
      onAck: (ack) => {
        acks.push(ack);
        repetition?.stop();
      },
    });
    const flow = network.flow('alice', 'bob', 'tcp');
    const record = recorder();
    alice.request(request('INVITE'), flow, record);
    network.advance(8_000);
    // At 0, 0.5, 1.5, 3.5 and 7.5 s.
    expect(record.statuses).toEqual([200, 200, 200, 200, 200]);
    alice.send(request('ACK'), flow);
    network.advance(100);
    expect(acks).toHaveLength(1);
    network.advance(20_000);
    expect(record.statuses).toHaveLength(5);
    finish();
  });

  it('without an ACK in 64·T1 is given up', () => {
    let gaveUp = 0;
    const { network, alice, flow, finish } = pair({
      onRequest: (transaction) => {
        transaction.respond(200);
        retransmitAnswer(transaction, {
          timers: network.timers,
          onGiveUp: () => {
            gaveUp += 1;
          },
        });
      },
    });
    alice.request(request('INVITE'), flow, recorder());
    network.advance(31_900);
    expect(gaveUp).toBe(0);
    network.advance(200);
    expect(gaveUp).toBe(1);
    finish();
  });

  it('lets go of its INVITE with the ACK, and stands whatever still comes for that', () => {
    const held: ServerTransaction[] = [];
    let heard = 0;
    const { network, bob } = pair({
      onRequest: (transaction) => {
        heard += 1;
        transaction.respond(200);
        held.push(transaction);
        retransmitAnswer(transaction, { timers: network.timers, onGiveUp: () => {} }).stop();
      },
    });
    const flow = network.flow('bob', 'alice');
    bob.receive(spoilt({}), flow);
    const [answered] = held;
    expect(() => answered?.request).toThrow();
    // Its repetition, another 2xx of ours, a CANCEL under a Via that a NAT has changed.
    bob.receive(spoilt({}), flow);
    answered?.respond(500);
    answered?.resend();
    bob.receive(
      spoilt({
        start: 'CANCEL sip:102@acme.test SIP/2.0',
        via: 'Via: SIP/2.0/UDP nat.test:1;branch=z9hG4bK776asdhds',
        cseq: 'CSeq: 314159 CANCEL',
      }),
      flow,
    );
    expect(heard).toBe(1);
    expect(network.startLines().map((line) => line.slice(8, 11))).toEqual(['200', '481']);
    expect(network.errors).toEqual([]);
    network.advance(60_000);
    expect(live(bob)).toBe(0);
    bob.stop();
  });

  it('whose repeated INVITE comes late is not answered twice (RFC 6026)', () => {
    let heard = 0;
    const { network, bob } = pair({
      onRequest: (transaction) => {
        heard += 1;
        transaction.respond(200);
      },
    });
    const flow = network.flow('bob', 'alice');
    bob.receive(spoilt({}), flow);
    network.advance(10_000);
    bob.receive(spoilt({}), flow);
    expect(heard).toBe(1);
    expect(network.log).toHaveLength(1);
    bob.stop();
  });
});

describe('answers kept for repetitions', () => {
  it('are bounded, and gone when nobody can ask for them any more', () => {
    const clock = new ManualClock();
    const limits = { maxEntries: 100, maxBytes: 1_000_000 };
    const cache = new AnsweredCache({ clock, lifetimeMs: 32_000, ...limits });
    for (let n = 0; n < 1_000; n += 1) cache.set(`key${n}`, Buffer.of(1));
    expect(cache.size).toBeLessThanOrEqual(100);
    expect(cache.get('key999')).toBeDefined();
    clock.advance(31_999);
    expect(cache.get('key999')).toBeDefined();
    clock.advance(1);
    expect(cache.get('key999')).toBeUndefined();
    clock.advance(32_000);
    expect(cache.size).toBe(0);
  });

  it('holds no more bytes than its bound, however large the answers are', () => {
    const clock = new ManualClock();
    const limits = { maxEntries: 100_000, maxBytes: 1_000_000 };
    const cache = new AnsweredCache({ clock, lifetimeMs: 32_000, ...limits });
    for (let n = 0; n < 1_000; n += 1) cache.set(`key${n}`, Buffer.alloc(50_000));
    expect(cache.size).toBeLessThanOrEqual(21);
    expect(cache.get('key999')).toHaveLength(50_000);
  });

  it('use the same memory again under a steady load, and give it back when there is less', () => {
    const clock = new ManualClock();
    const limits = { maxEntries: 100_000, maxBytes: 64_000_000 };
    const cache = new AnsweredCache({ clock, lifetimeMs: 32_000, ...limits });
    const taken = vi.spyOn(Buffer, 'allocUnsafeSlow');
    const fill = (answers: number): number => {
      const before = taken.mock.calls.length;
      for (let n = 0; n < answers; n += 1) cache.set(`key${n}`, Buffer.alloc(1_000));
      clock.advance(32_000);
      return taken.mock.calls.length - before;
    };
    try {
      expect([fill(1_000), fill(1_000), fill(1_000)]).toEqual([4, 4, 0]);
      expect([fill(1_000), fill(1), fill(1), fill(1_000)]).toEqual([0, 0, 0, 3]);
    } finally {
      taken.mockRestore();
    }
  });

  it('come back byte for byte, each under its own key, the last one of a key', () => {
    const clock = new ManualClock();
    const limits = { maxEntries: 100_000, maxBytes: 64_000_000 };
    const cache = new AnsweredCache({ clock, lifetimeMs: 32_000, ...limits });
    const answerTo = (n: number) =>
      Buffer.from(`answer \u00e9 ${'x'.repeat(n % 700)}${n}`, 'latin1');
    for (let n = 0; n < 20_000; n += 1) cache.set(`z9hG4bK\u00e9${n}|a:5060|BYE`, answerTo(n));
    cache.set('z9hG4bK\u00e97|a:5060|BYE', Buffer.from('again'));
    for (let n = 0; n < 20_000; n += 1) {
      const expected = n === 7 ? Buffer.from('again') : answerTo(n);
      if (cache.get(`z9hG4bK\u00e9${n}|a:5060|BYE`)?.equals(expected) !== true) expect.fail(`${n}`);
    }
    expect(cache.get('z9hG4bK\u00e920000|a:5060|BYE')).toBeUndefined();
    expect(cache.size).toBe(20_000);
  });
});

describe('the layer', () => {
  it('answers what is malformed with a stateless 400 that says why, and never an ACK', () => {
    const defects: unknown[] = [];
    const { network, bob } = pair({ onDefect: (defect) => defects.push(defect) });
    const flow = network.flow('bob', 'alice');
    bob.receive(spoilt({ cseq: 'CSeq: 1 OPTIONS' }), flow);
    expect(network.startLines()).toEqual(['SIP/2.0 400 CSeq Method Mismatch']);
    bob.receive(spoilt({ start: 'ACK sip:102@acme.test SIP/2.0' }), flow);
    bob.receive(spoilt({ via: undefined }), flow);
    bob.receive(spoilt({ from: 'From: "\0" <sip:a@b>;tag=1' }), flow);
    expect(network.log).toHaveLength(1);
    expect(defects).toEqual([
      { reason: 'CSeq Method Mismatch', answered: true },
      { reason: 'CSeq Method Mismatch', answered: false },
      { reason: 'Missing via', answered: false },
      { reason: 'Stray Control Character', answered: false },
    ]);
    expect(live(bob)).toBe(0);
    expect(bob.counters().malformed).toBe(4);
  });

  it('survives anything that comes in, and keeps nothing of it', () => {
    const network = new VirtualNetwork();
    const bob = network.host('bob', {});
    const random = seeded(7);
    const good = spoilt({ l: 'Content-Length: 4' }, 'v=0\n');
    for (let round = 0; round < 3_000; round += 1) {
      const bytes = Buffer.from(good);
      for (let hits = 0; hits < 1 + random() * 8; hits += 1) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      const end = random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length;
      bob.receive(bytes.subarray(0, end), network.flow('bob', 'alice'));
    }
    expect(network.errors).toEqual([]);
    network.advance(120_000);
    expect([live(bob), network.timers.size]).toEqual([0, 0]);
  });

  it('refuses new requests with 503 beyond its bound, and goes on with those it has', () => {
    const network = new VirtualNetwork();
    const servers: ServerTransaction[] = [];
    const bob = network.host(
      'bob',
      { onRequest: (transaction) => servers.push(transaction) },
      { maxTransactions: 2 },
    );
    const flow = network.flow('bob', 'alice');
    for (let n = 0; n < 4; n += 1) {
      const via = `Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${n}`;
      bob.receive(spoilt({ via, 'call-id': `Call-ID: ${n}` }), flow);
    }
    expect(servers).toHaveLength(2);
    expect(sends(network, 'SIP/2.0 503')).toBe(2);
    expect(network.log[0]).toContain('Retry-After: 5\r\n');
    servers[0]?.respond(200);
    expect(sends(network, 'SIP/2.0 200')).toBe(1);
    bob.stop();
  });

  it('hands a response that nobody waits for to its users', () => {
    const strays: number[] = [];
    const { network, bob } = pair({ onStrayResponse: ({ status }) => strays.push(status) });
    const lines = spoilt({ start: 'SIP/2.0 200 OK' });
    bob.receive(lines, network.flow('bob', 'alice'));
    expect(strays).toEqual([200]);
  });

  it.each([1, 2, 3, 4, 5])(
    'completes calls over a network that loses, doubles and reorders (seed %i)',
    (seed) => {
      const random = seeded(seed);
      const network = new VirtualNetwork();
      network.fate = rough(random, 0.15, 0.15);
      const answered = new Map<string, number>();
      const bob = network.host('bob', {
        onRequest: (transaction, { callId, method }) => {
          if (method === 'INVITE') answered.set(callId, (answered.get(callId) ?? 0) + 1);
          transaction.respond(method === 'INVITE' ? (seed % 2 === 0 ? 486 : 200) : 200);
          if (method === 'INVITE' && seed % 2 === 1) {
            const repetition = retransmitAnswer(transaction, {
              timers: network.timers,
              onGiveUp: () => {},
            });
            repetitions.set(callId, repetition);
          }
        },
        onAck: ({ callId }) => repetitions.get(callId)?.stop(),
      });
      const repetitions = new Map<string, { stop(): void }>();
      const alice = network.host('alice', {});
      const flow = network.flow('alice', 'bob');
      const results = new Map<string, Set<number | string>>();
      for (let call = 0; call < 40; call += 1) {
        const callId = `call-${call}`;
        const heard = new Set<number | string>();
        results.set(callId, heard);
        alice.request(request('INVITE', 1, { 'call-id': callId }), flow, {
          onResponse: ({ status, callId: id }) => {
            if (status >= 200) heard.add(status);
            if (status < 200 || status >= 300) return;
            alice.send(request('ACK', 1, { 'call-id': id }), flow);
          },
          onFailure: (failure) => heard.add(failure),
        });
        alice.request(request('OPTIONS', 2, { 'call-id': callId }), flow, {
          onResponse: () => {},
          onFailure: (failure) => heard.add(`options ${failure}`),
        });
        network.advance(50);
      }
      network.advance(200_000);
      const wanted = seed % 2 === 0 ? 486 : 200;
      for (const heard of results.values()) expect([...heard]).toEqual([wanted]);
      expect([...answered.values()].every((times) => times === 1)).toBe(true);
      expect(network.errors).toEqual([]);
      expect([live(alice), live(bob), network.timers.size]).toEqual([0, 0, 0]);
    },
  );
});

describe('a flood', () => {
  it('of unknown callers leaves nothing behind: one challenge a datagram, no transaction', () => {
    const { network, alice, bob, flow, finish } = pair({
      onRequest: (transaction) => transaction.respondOnce(401),
    });
    for (let n = 0; n < 100; n += 1) {
      alice.send(request('INVITE', 1, { 'call-id': `call-${n}` }), flow);
    }
    network.advance(10);
    expect(live(bob)).toBe(0);
    network.advance(40_000);
    expect(sends(network, 'SIP/2.0 401')).toBe(100);
    expect(bob.counters()).toMatchObject({ answered: 0, retransmitsSent: 0 });
    finish();
  });

  it('of INVITEs takes no more than the share of its source, and gets it back', () => {
    const network = new VirtualNetwork();
    const alice = network.host('alice', {});
    const bob = network.host(
      'bob',
      { onRequest: (transaction) => transaction.respond(486) },
      { openInvites: { maxPerSource: 3, sourceOf: ({ remote }) => remote.address } },
    );
    const flow = network.flow('alice', 'bob');
    const dial = (count: number, from: string) => {
      for (let n = 0; n < count; n += 1) {
        alice.send(request('INVITE', 1, { 'call-id': `${from}-${n}` }), flow);
      }
      network.advance(10);
    };
    dial(5, 'first');
    expect([sends(network, 'SIP/2.0 486'), sends(network, 'SIP/2.0 503')]).toEqual([3, 2]);
    expect(bob.counters()).toMatchObject({ inviteServer: 3, refusedByLimit: 2 });
    network.advance(40_000);
    expect(bob.counters().inviteServer).toBe(0);
    dial(1, 'second');
    expect(bob.counters().inviteServer).toBe(1);
    network.advance(40_000);
    expect([live(bob), network.timers.size]).toEqual([0, 0]);
  });

  it('of somebody unwelcome is not answered at all', () => {
    const { network, alice, bob, flow, finish } = pair({
      isWelcome: (message) => message.header('user-agent') !== 'friendly-scanner',
      onRequest: (transaction) => transaction.respond(200),
    });
    alice.send(request('OPTIONS', 1, { 'user-agent': 'friendly-scanner' }), flow);
    network.advance(10);
    expect(network.startLines()).toHaveLength(1);
    alice.send(request('OPTIONS', 2), flow);
    network.advance(10);
    expect(sends(network, 'SIP/2.0 200')).toBe(1);
    bob.stop();
    finish();
  });
});
