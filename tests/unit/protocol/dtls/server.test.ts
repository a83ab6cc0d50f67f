import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newDtlsIdentity, sha256Fingerprint, signingKey } from '@/lib/protocol/dtls/certificate';
import { messageBytes } from '@/lib/protocol/dtls/handshake';
import { plainRecord } from '@/lib/protocol/dtls/records';
import { DtlsServer } from '@/lib/protocol/dtls/server';
import { SRTP_SUITES, type SrtpKeying, srtpSuite } from '@/lib/protocol/srtp/suites';
import { type ClientFaults, TestDtlsClient } from './client';

const NOW_MS = Date.UTC(2026, 10, 28);
const OURS = newDtlsIdentity(NOW_MS);
const THEIRS = newDtlsIdentity(NOW_MS);
const FROM = '192.0.2.7:4000';

interface World {
  readonly server: DtlsServer;
  readonly client: TestDtlsClient;
  readonly keys: { client: SrtpKeying; server: SrtpKeying }[];
  /** What the server said since it was asked last. */
  said(): Buffer[];
  /** Both say what they have to until nobody says anything. */
  settle(first: readonly Buffer[]): void;
}

function world(
  faults: ClientFaults = {},
  fingerprint = sha256Fingerprint(THEIRS.certificate),
): World {
  let sent: Buffer[] = [];
  const keys: World['keys'] = [];
  const server = new DtlsServer({
    certificate: OURS.certificate,
    key: signingKey(OURS),
    fingerprints: [fingerprint],
    randomBytes,
    send: (datagram) => sent.push(datagram),
    onKeys: (made) => keys.push(made),
  });
  const client = new TestDtlsClient(THEIRS, faults);
  const said = (): Buffer[] => {
    const all = sent;
    sent = [];
    return all;
  };
  const settle = (first: readonly Buffer[]): void => {
    for (let saying = first; saying.length > 0; ) {
      for (const datagram of saying) server.receive(datagram, FROM);
      saying = client.hear(said());
    }
  };
  return { server, client, keys, said, settle };
}

test('a client that is who it says it is and the server come to the same keys', () => {
  const { server, client, keys, settle } = world();
  settle(client.hello());
  expect([server.isConnected, client.isConnected]).toEqual([true, true]);
  const suite = srtpSuite('AES_CM_128_HMAC_SHA1_80');
  expect(keys).toEqual([suite && client.srtpKeys(suite)]);
});

test.each(SRTP_SUITES.filter(({ dtlsProfile }) => dtlsProfile !== null))(
  'the client that speaks $name alone gets it',
  (suite) => {
    const { client, keys, settle } = world({ profiles: [suite.dtlsProfile ?? 0] });
    settle(client.hello());
    expect(keys).toEqual([client.srtpKeys(suite)]);
  },
);

test('a client that does not bind its keys to the handshake is served too', () => {
  const { server, client, settle } = world({ hasExtendedMasterSecret: false });
  settle(client.hello());
  expect([server.isConnected, client.isConnected]).toEqual([true, true]);
});

test('our certificate is one', () => {
  const certificate = new X509Certificate(OURS.certificate);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.subject).toBe('CN=tollbridge');
  expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(NOW_MS);
});

test.each([
  ['another certificate than its description named', {}, sha256Fingerprint(OURS.certificate)],
  [
    "somebody's certificate without its key",
    { signingKey: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey },
    undefined,
  ],
  ['a Finished of other messages', { hasWrongFinished: true }, undefined],
  ['no profile that we speak', { profiles: [0x0005] }, undefined],
])('a client with %s gets no keys', (_, faults, fingerprint) => {
  const { server, client, keys, settle } = world(faults, fingerprint);
  settle(client.hello());
  expect([server.isConnected, keys]).toEqual([false, []]);
});

test('who is not where it says it is gets less than it sent, and leaves nothing', () => {
  const { server, client, said } = world();
  const [hello = Buffer.alloc(0)] = client.hello();
  server.receive(hello, FROM);
  const [answer = Buffer.alloc(0)] = said();
  expect(answer.length).toBeLessThan(hello.length);
  const [second = Buffer.alloc(0)] = client.hear([answer]);
  server.receive(second, '198.51.100.66:4000');
  expect(client.hear(said())).not.toEqual([]);
  expect(server.isConnected).toBe(false);
});

/** One bad datagram each: of the facts (an unknown type, an alert in the clear) and of our own making. */
const STRANGERS: readonly (readonly [string, Buffer])[] = [
  ['an unknown content type', plainRecord(99, 0, Buffer.from('anything'))],
  ['a fatal alert in the clear', plainRecord(21, 0, Buffer.from([2, 40]))],
  ['close_notify in the clear', plainRecord(21, 0, Buffer.from([1, 0]))],
  ['application data', plainRecord(23, 0, randomBytes(40))],
  ['half a record', plainRecord(22, 0, randomBytes(40)).subarray(0, 20)],
  ['a Finished in the clear', forged(20, 5, randomBytes(12))],
  [
    "somebody else's certificate",
    forged(11, 2, Buffer.concat([Buffer.from('000006000003', 'hex'), randomBytes(3)])),
  ],
  ['keys of somebody else', forged(16, 3, Buffer.concat([Buffer.from([65, 4]), randomBytes(64)]))],
  [
    'a signature of somebody else',
    forged(15, 4, Buffer.concat([Buffer.from('04030008', 'hex'), randomBytes(8)])),
  ],
  [
    'a piece of a message that never comes',
    plainRecord(22, 7, Buffer.from('0b0030000002000010000004deadbeef', 'hex')),
  ],
  ['another hello', forged(1, 0, randomBytes(80))],
];

function forged(type: number, sequence: number, body: Buffer): Buffer {
  return plainRecord(22, 1_000, messageBytes({ type, sequence, body }));
}

test.each(STRANGERS)(
  '%s changes nothing, before, within and after the handshake',
  (_, datagram) => {
    const { server, client, keys, said } = world();
    const inject = (): void => server.receive(datagram, FROM);
    inject();
    said();
    let saying = client.hello();
    for (let round = 0; round < 8 && saying.length > 0; round += 1) {
      for (const record of saying) {
        inject();
        server.receive(record, FROM);
      }
      inject();
      saying = client.hear(said());
    }
    // What was spoilt the client repeats, as it does what was lost.
    if (!server.isConnected) {
      for (const record of [...client.repeated(), client.finishedAgain()])
        server.receive(record, FROM);
      client.hear(said());
    }
    inject();
    expect([server.isConnected, client.isConnected, keys.length]).toEqual([true, true, 1]);
  },
);

test('an alert that is authentic ends nothing: the call goes on until it is hung up', () => {
  const { server, client, settle } = world();
  settle(client.hello());
  server.receive(client.sealed(21, Buffer.from([1, 0])), FROM);
  expect(server.isConnected).toBe(true);
});

test.each([0, 1, 2, 3, 4, 5])(
  'a client whose record %d of its last flight is lost says it again',
  (lost) => {
    const { server, client, keys, said, settle } = world();
    server.receive(client.hello()[0] ?? Buffer.alloc(0), FROM);
    const second = client.hear(said());
    server.receive(second[0] ?? Buffer.alloc(0), FROM);
    const last = client.hear(said());
    for (const [index, record] of last.entries()) if (index !== lost) server.receive(record, FROM);
    settle([...last, client.finishedAgain()]);
    expect([server.isConnected, client.isConnected, keys.length]).toEqual([true, true, 1]);
  },
);

test('an answer that is lost is given again, as often as it is asked for within reason', () => {
  const { server, client, said, settle } = world();
  server.receive(client.hello()[0] ?? Buffer.alloc(0), FROM);
  const second = client.hear(said());
  for (const record of second) server.receive(record, FROM);
  expect(said()).not.toEqual([]);
  settle(second);
  expect([server.isConnected, client.isConnected]).toEqual([true, true]);
  const answers = Array.from({ length: 100 }, () => {
    server.receive(client.finishedAgain(), FROM);
    return said().length;
  });
  expect(answers[0]).toBe(1);
  expect(answers.filter((count) => count > 0).length).toBeLessThan(40);
});

test('what was sealed and heard before asks for nothing again', () => {
  const { server, client, said, settle } = world();
  settle(client.hello());
  const again = client.finishedAgain();
  server.receive(again, FROM);
  expect(said()).toHaveLength(1);
  server.receive(again, FROM);
  expect(said()).toHaveLength(0);
});

test('a hello in pieces is put together, in any order and more than once', () => {
  const { server, client, settle, said } = world();
  const inPieces = (record: Buffer): Buffer[] => {
    const message = record.subarray(13);
    const body = message.subarray(12);
    const pieces = [0, 40, 80].map((offset) => {
      const bytes = body.subarray(offset, offset === 80 ? undefined : offset + 40);
      const head = Buffer.from(message.subarray(0, 12));
      head.writeUIntBE(offset, 6, 3);
      head.writeUIntBE(bytes.length, 9, 3);
      return plainRecord(22, 50 + offset, Buffer.concat([head, bytes]));
    });
    return [...pieces.reverse(), ...pieces];
  };
  for (const piece of client.hello().flatMap(inPieces)) server.receive(piece, FROM);
  for (const piece of client.hear(said()).flatMap(inPieces)) server.receive(piece, FROM);
  settle(client.hear(said()));
  expect([server.isConnected, client.isConnected]).toEqual([true, true]);
});

test('a client that begins anew before it was done is followed', () => {
  const { server, client, said, keys } = world();
  server.receive(client.hello()[0] ?? Buffer.alloc(0), FROM);
  for (const record of client.hear(said())) server.receive(record, FROM);
  said();
  const other = new TestDtlsClient(THEIRS);
  let saying = other.hello();
  while (saying.length > 0) {
    for (const record of saying) server.receive(record, FROM);
    saying = other.hear(said());
  }
  expect([server.isConnected, other.isConnected, keys.length]).toEqual([true, true, 1]);
});

test('no datagram throws, whatever is in it and whenever it comes', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          type: fc.constantFrom(20, 21, 22, 23, 99),
          epoch: fc.constantFrom(0, 0, 0, 1, 2),
          message: fc.constantFrom(1, 2, 11, 15, 16, 20),
          sequence: fc.nat(6),
          body: fc.uint8Array({ maxLength: 200 }),
        }),
        { maxLength: 12 },
      ),
      fc.nat(3),
      (records, rounds) => {
        const { server, client, said } = world();
        let saying = client.hello();
        for (let round = 0; round < rounds; round += 1) {
          for (const record of saying) server.receive(record, FROM);
          saying = client.hear(said());
        }
        for (const { type, epoch, message, sequence, body } of records) {
          const content = messageBytes({ type: message, sequence, body: Buffer.from(body) });
          const record = plainRecord(type, 9, content);
          record.writeUInt16BE(epoch, 3);
          server.receive(record, FROM);
          server.receive(Buffer.from(body), FROM);
        }
        said();
      },
    ),
    { numRuns: 60 },
  );
});
