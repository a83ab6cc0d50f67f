import {
  createECDH,
  createHash,
  createPrivateKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { ByteReader, number8, number16, vector } from '@/lib/protocol/dtls/bytes';
import type { DtlsIdentity } from '@/lib/protocol/dtls/certificate';
import {
  type HandshakeMessage,
  messageBytes,
  Reassembly,
  readFragments,
} from '@/lib/protocol/dtls/handshake';
import { HandshakeKeys } from '@/lib/protocol/dtls/handshake-keys';
import { HANDSHAKE, plainRecord, readRecords } from '@/lib/protocol/dtls/records';
import type { SrtpKeying, SrtpSuite } from '@/lib/protocol/srtp/suites';

/** What a test's client is to do wrong. */
export interface ClientFaults {
  /** Signs with this instead of its own key. */
  readonly signingKey?: KeyObject;
  readonly profiles?: readonly number[];
  readonly hasExtendedMasterSecret?: boolean;
  /** Its Finished is of other messages. */
  readonly hasWrongFinished?: boolean;
}

const extension = (type: number, ...parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat([number16(type), vector(2, ...parts)]);

/** The client's side of a handshake, for tests: it sends what it is told to, and believes all it hears. */
export class TestDtlsClient {
  readonly random = randomBytes(32);
  keys: HandshakeKeys | null = null;
  isConnected = false;
  /** Each flight as it was sent last, a record each. */
  lastFlight: Buffer[] = [];
  private readonly identity: DtlsIdentity;
  private readonly faults: ClientFaults;
  private readonly ecdh = createECDH('prime256v1');
  private recordSequence = 0;
  private sealedSequence = 0;
  private transcript: Buffer = Buffer.alloc(0);
  private incoming = new Reassembly(0);
  private serverRandom: Buffer = Buffer.alloc(32);
  private readonly clientPoint: Buffer;

  constructor(identity: DtlsIdentity, faults: ClientFaults = {}) {
    this.identity = identity;
    this.faults = faults;
    this.clientPoint = this.ecdh.generateKeys();
  }

  hello(cookie: Buffer = Buffer.alloc(0)): Buffer[] {
    const profiles = this.faults.profiles ?? [0x0001];
    const extensions = [
      extension(10, vector(2, number16(0x17))),
      extension(11, vector(1, number8(0))),
      extension(13, vector(2, number16(0x0403))),
      extension(14, vector(2, ...profiles.map(number16)), vector(1)),
    ];
    if (this.faults.hasExtendedMasterSecret !== false) extensions.push(extension(23));
    const body = Buffer.concat([
      number16(0xfefd),
      this.random,
      vector(1),
      vector(1, cookie),
      vector(2, number16(0xc02b), number16(0x00ff)),
      vector(1, number8(0)),
      vector(2, ...extensions),
    ]);
    const message = { type: 1, sequence: cookie.length === 0 ? 0 : 1, body };
    this.transcript = messageBytes(message);
    return this.sent([this.plain(message)]);
  }

  /** Takes in what the server sent; what to send back, a record each. */
  hear(datagrams: readonly Buffer[]): Buffer[] {
    const messages: HandshakeMessage[] = [];
    for (const record of datagrams.flatMap((datagram) => readRecords(datagram))) {
      if (record.type !== HANDSHAKE) continue;
      const plain = record.epoch === 0 ? record.fragment : this.keys?.fromServer.open(record);
      for (const fragment of readFragments(plain ?? Buffer.alloc(0))) this.incoming.add(fragment);
      for (let next = this.incoming.next; next; next = this.incoming.next) {
        messages.push(next);
        this.incoming.take();
      }
    }
    const [first] = messages;
    if (first?.type === 3) return this.hello(new ByteReader(first.body.subarray(2)).vector(1));
    if (messages.some(({ type }) => type === 20)) this.isConnected = true;
    if (first?.type !== 2) return [];
    for (const message of messages) {
      this.transcript = Buffer.concat([this.transcript, messageBytes(message)]);
    }
    this.serverRandom = first.body.subarray(2, 34);
    const exchange = messages.find(({ type }) => type === 12);
    return this.sent(
      this.answer(new ByteReader(exchange?.body.subarray(3) ?? Buffer.alloc(0)).vector(1)),
    );
  }

  srtpKeys(suite: SrtpSuite): { client: SrtpKeying; server: SrtpKeying } | undefined {
    return this.keys?.srtpKeys(suite);
  }

  /** A record of epoch 1 with whatever content. */
  sealed(type: number, content: Buffer): Buffer {
    if (!this.keys) throw new Error('no keys yet');
    return this.keys.fromClient.seal(type, this.sealedSequence++, content);
  }

  /** Finished once more, as a client says it whose peer does not answer. */
  finishedAgain(): Buffer {
    return this.sealed(HANDSHAKE, this.finishedMessage);
  }

  private finishedMessage: Buffer = Buffer.alloc(0);

  private answer(serverPoint: Buffer): Buffer[] {
    const records: Buffer[] = [];
    const say = (message: HandshakeMessage): void => {
      records.push(this.plain(message));
      this.transcript = Buffer.concat([this.transcript, messageBytes(message)]);
    };
    say({ type: 11, sequence: 2, body: vector(3, vector(3, this.identity.certificate)) });
    say({ type: 16, sequence: 3, body: vector(1, this.clientPoint) });
    const session = this.faults.hasExtendedMasterSecret === false ? null : this.transcript;
    const randoms = { client: this.random, server: this.serverRandom };
    this.keys = new HandshakeKeys(this.ecdh.computeSecret(serverPoint), randoms, session);
    const own = createPrivateKey({
      key: Buffer.from(this.identity.privateKey),
      type: 'pkcs8',
      format: 'der',
    });
    const signature = sign('sha256', this.transcript, this.faults.signingKey ?? own);
    say({ type: 15, sequence: 4, body: Buffer.concat([number16(0x0403), vector(2, signature)]) });
    const spoilt = createHash('sha256').update(this.transcript).digest();
    const finished = this.keys.finished(
      'client',
      this.faults.hasWrongFinished ? spoilt : this.transcript,
    );
    records.push(plainRecord(20, this.recordSequence++, Buffer.from([1])));
    this.finishedMessage = messageBytes({ type: 20, sequence: 5, body: finished });
    records.push(this.sealed(HANDSHAKE, this.finishedMessage));
    return records;
  }

  /** The last flight again, in records of their own. */
  repeated(): Buffer[] {
    return this.lastFlight;
  }

  private plain(message: HandshakeMessage): Buffer {
    return plainRecord(HANDSHAKE, this.recordSequence++, messageBytes(message));
  }

  private sent(records: Buffer[]): Buffer[] {
    this.lastFlight = records;
    return records;
  }
}
