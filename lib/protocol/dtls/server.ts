import type { X509Certificate } from 'node:crypto';
import {
  createECDH,
  createHmac,
  type ECDH,
  type KeyObject,
  sign,
  timingSafeEqual,
} from 'node:crypto';
import { SRTP_SUITES, type SrtpKeying, type SrtpSuite } from '@/lib/protocol/srtp/suites';
import { ByteReader, number8, number16, vector } from './bytes';
import { certificateRequest, isSignedBy, knownCertificate } from './client-certificate';
import {
  CERTIFICATE,
  CERTIFICATE_REQUEST,
  CERTIFICATE_VERIFY,
  CLIENT_HELLO,
  CLIENT_KEY_EXCHANGE,
  FINISHED,
  type HandshakeFragment,
  type HandshakeMessage,
  HELLO_VERIFY_REQUEST,
  messageBytes,
  Reassembly,
  readFragments,
  SERVER_HELLO,
  SERVER_HELLO_DONE,
  SERVER_KEY_EXCHANGE,
} from './handshake';
import { HandshakeKeys, type Randoms } from './handshake-keys';
import {
  type ClientHello,
  ECDSA_SHA_256,
  helloVerifyRequest,
  isSpoken,
  P_256,
  readClientHello,
  serverHello,
} from './hello';
import {
  CHANGE_CIPHER_SPEC,
  type DtlsRecord,
  HANDSHAKE,
  plainRecord,
  readRecords,
} from './records';

const RANDOM_BYTES = 32;
const COOKIE_BYTES = 20;
/** An uncompressed point of P-256. */
const POINT_BYTES = 65;
const NAMED_CURVE = 3;
/** Of the Ethernet frame and what tunnels take of it. */
const MAX_DATAGRAM_BYTES = 1_200;
/** A client repeats itself for a minute at most (RFC 6347 §4.2.4.1); then nobody is there. */
const MAX_REPETITIONS = 32;

/** What a server is given. */
export interface DtlsServerOptions {
  /** DER, and the key that signs for it. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
  /** SHA-256 of the certificates that the client may show: what its description says. */
  readonly fingerprints: readonly Uint8Array[];
  readonly randomBytes: (length: number) => Buffer;
  /** Towards where the datagram came from that is being looked at. */
  readonly send: (datagram: Buffer) => void;
  /** Once: what was agreed for SRTP. */
  readonly onKeys: (keys: { readonly client: SrtpKeying; readonly server: SrtpKeying }) => void;
}

/** A hello that was answered: what the client says next is part of this. */
interface Handshake {
  readonly hello: ClientHello;
  readonly randoms: Randoms;
  readonly ecdh: ECDH;
  readonly suite: SrtpSuite;
  /** Our answer, to be repeated. */
  readonly flight: readonly HandshakeMessage[];
  readonly reassembly: Reassembly;
  /** Number of the client's first message after our answer. */
  readonly firstSequence: number;
  /** All messages so far, for hashes; ours and the hello come first. */
  transcript: Buffer;
  readonly helloTranscript: Buffer;
  certificate: X509Certificate | null;
  isVerified: boolean;
  badSignatures: number;
  keys: HandshakeKeys | null;
}

type State =
  /** Nobody was here, or none that showed where he is. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'shaking'; readonly handshake: Handshake }
  | {
      readonly kind: 'connected';
      readonly keys: HandshakeKeys;
      /** Our last word, which is repeated where it was lost. */
      readonly finished: Buffer;
    };

/**
 * The server's side of a DTLS 1.2 handshake that agrees on SRTP keys (RFC 6347, RFC 5764), and no
 * more than that: no sessions, no renegotiation, no data. It sends only when it is spoken to: the
 * client repeats what was lost. What is not authentic changes nothing, however it looks: a message
 * that does not fit is forgotten, and the right one may come after it.
 */
export class DtlsServer {
  private readonly options: DtlsServerOptions;
  private readonly cookieKey: Buffer;
  private state: State = { kind: 'waiting' };
  private hello: Reassembly | null = null;
  /** Of the client's sealed records, the last that was authentic. */
  private lastSealed = -1;
  private plainSequence = 0;
  private sealedSequence = 0;
  private repetitions = 0;

  constructor(options: DtlsServerOptions) {
    this.options = options;
    this.cookieKey = options.randomBytes(RANDOM_BYTES);
  }

  get isConnected(): boolean {
    return this.state.kind === 'connected';
  }

  /** A datagram of the client; `from` is where it came from, in any writing. Never throws. */
  receive(datagram: Buffer, from: string): void {
    for (const record of readRecords(datagram)) {
      // Alerts change nothing: in the clear they are anybody's, and sealed the call goes on until BYE.
      if (record.type !== HANDSHAKE) continue;
      if (record.epoch === 0) this.hearPlain(record, from);
      else if (record.epoch === 1) this.hearSealed(record);
    }
  }

  private hearPlain(record: DtlsRecord, from: string): void {
    if (this.state.kind === 'connected') return;
    for (const fragment of readFragments(record.fragment)) {
      if (fragment.type === CLIENT_HELLO) this.hearHello(fragment, from);
      else if (this.state.kind === 'shaking') this.state.handshake.reassembly.add(fragment);
    }
    if (this.state.kind === 'shaking') this.proceed(this.state.handshake);
  }

  /** A hello in pieces is put together before it is looked at; one at a time. */
  private hearHello(fragment: HandshakeFragment, from: string): void {
    const known = this.hello?.sequence === fragment.sequence ? this.hello : null;
    const pieces = known ?? new Reassembly(fragment.sequence);
    this.hello = pieces;
    pieces.add(fragment);
    const message = pieces.next;
    if (!message) return;
    pieces.drop();
    const hello = readClientHello(message.body);
    if (hello !== null) this.answerHello(hello, message, from);
  }

  /** RFC 6347 §4.2.1: who does not get our cookie is not there. */
  private answerHello(hello: ClientHello, message: HandshakeMessage, from: string): void {
    const cookie = this.cookieOf(hello, from);
    const isHere = hello.cookie.length === cookie.length && timingSafeEqual(hello.cookie, cookie);
    if (!isHere) {
      const body = helloVerifyRequest(cookie);
      this.sendPlain([{ type: HELLO_VERIFY_REQUEST, sequence: message.sequence, body }]);
      return;
    }
    const { state } = this;
    const isAgain = state.kind === 'shaking' && state.handshake.hello.random.equals(hello.random);
    if (isAgain) {
      this.repeat();
      return;
    }
    const suite = SRTP_SUITES.find(
      ({ dtlsProfile }) => dtlsProfile !== null && hello.srtpProfiles.includes(dtlsProfile),
    );
    if (!isSpoken(hello) || suite === undefined) return;
    this.state = { kind: 'shaking', handshake: this.begin(hello, message, suite) };
    this.repetitions = 0;
    this.repeat();
  }

  private cookieOf({ random }: ClientHello, from: string): Buffer {
    const hmac = createHmac('sha256', this.cookieKey);
    return hmac.update(random).update(from).digest().subarray(0, COOKIE_BYTES);
  }

  private begin(hello: ClientHello, message: HandshakeMessage, suite: SrtpSuite): Handshake {
    const randoms = { client: hello.random, server: this.options.randomBytes(RANDOM_BYTES) };
    const ecdh = createECDH('prime256v1');
    const flight = this.answerTo(hello, { randoms, point: ecdh.generateKeys(), suite, message });
    const helloTranscript = Buffer.concat([message, ...flight].map(messageBytes));
    const firstSequence = message.sequence + 1;
    return {
      hello,
      randoms,
      ecdh,
      suite,
      flight,
      firstSequence,
      reassembly: new Reassembly(firstSequence),
      helloTranscript,
      transcript: helloTranscript,
      certificate: null,
      isVerified: false,
      badSignatures: 0,
      keys: null,
    };
  }

  /** RFC 6347 §4.2.4, flight 4; message numbers go on from the hello's. */
  private answerTo(
    hello: ClientHello,
    made: {
      readonly randoms: Randoms;
      readonly point: Buffer;
      readonly suite: SrtpSuite;
      readonly message: HandshakeMessage;
    },
  ): readonly HandshakeMessage[] {
    const { randoms, point, suite, message } = made;
    const curve = Buffer.concat([number8(NAMED_CURVE), number16(P_256), vector(1, point)]);
    const signed = Buffer.concat([randoms.client, randoms.server, curve]);
    const signature = sign('sha256', signed, this.options.key);
    const bodies: readonly (readonly [number, Buffer])[] = [
      [SERVER_HELLO, serverHello(hello, randoms.server, suite.dtlsProfile ?? 0)],
      [CERTIFICATE, vector(3, vector(3, this.options.certificate))],
      [SERVER_KEY_EXCHANGE, Buffer.concat([curve, number16(ECDSA_SHA_256), vector(2, signature)])],
      [CERTIFICATE_REQUEST, certificateRequest()],
      [SERVER_HELLO_DONE, Buffer.alloc(0)],
    ];
    return bodies.map(([type, body], index) => ({
      type,
      sequence: message.sequence + index,
      body,
    }));
  }

  /** Looks at the client's messages in their order, as far as they are there. */
  private proceed(handshake: Handshake): void {
    const { reassembly } = handshake;
    for (let message = reassembly.next; message; message = reassembly.next) {
      // Finished comes sealed; what claims to be it in the clear is somebody else's.
      const verdict = message.type === FINISHED ? 'wrong' : this.hear(handshake, message);
      if (verdict === 'right') {
        handshake.transcript = Buffer.concat([handshake.transcript, messageBytes(message)]);
        reassembly.take();
      } else {
        if (verdict === 'wrong') reassembly.drop();
        else rewind(handshake);
        return;
      }
    }
  }

  private hear(handshake: Handshake, { type, body }: HandshakeMessage): Verdict {
    switch (type) {
      case CERTIFICATE: {
        if (handshake.certificate !== null) return 'wrong';
        handshake.certificate = knownCertificate(body, this.options.fingerprints);
        return handshake.certificate === null ? 'wrong' : 'right';
      }
      case CLIENT_KEY_EXCHANGE:
        if (handshake.certificate === null || handshake.keys !== null) return 'wrong';
        handshake.keys = exchangeKeys(handshake, body);
        return handshake.keys === null ? 'wrong' : 'right';
      case CERTIFICATE_VERIFY: {
        const { certificate, keys, transcript } = handshake;
        if (certificate === null || keys === null || handshake.isVerified) return 'wrong';
        handshake.isVerified = isSignedBy(certificate, body, transcript);
        if (handshake.isVerified) return 'right';
        handshake.badSignatures += 1;
        // The signature was not the client's, or its keys before it were not: then all may come again.
        return handshake.badSignatures % 2 === 1 ? 'wrong' : 'spoilt';
      }
      default:
        return 'wrong';
    }
  }

  private hearSealed(record: DtlsRecord): void {
    const { state } = this;
    const keys = keysOf(state);
    // One that was heard before proves nothing: anybody may have kept it.
    if (keys === null || record.sequence <= this.lastSealed) return;
    const plain = keys.fromClient.open(record);
    if (plain === null) return;
    this.lastSealed = record.sequence;
    // Its last word once more: ours was lost.
    if (state.kind === 'connected') this.repeat();
    else if (state.kind === 'shaking') this.hearFinished(state.handshake, keys, plain);
  }

  private hearFinished(handshake: Handshake, keys: HandshakeKeys, plain: Buffer): void {
    const { reassembly } = handshake;
    if (!handshake.isVerified) return;
    for (const fragment of readFragments(plain)) reassembly.add(fragment);
    const message = reassembly.next;
    if (message?.type !== FINISHED) return;
    const expected = keys.finished('client', handshake.transcript);
    const isRight =
      message.body.length === expected.length && timingSafeEqual(message.body, expected);
    if (isRight) this.connect(handshake, keys, message);
    else reassembly.drop();
  }

  private connect(handshake: Handshake, keys: HandshakeKeys, message: HandshakeMessage): void {
    const transcript = Buffer.concat([handshake.transcript, messageBytes(message)]);
    const sequence = handshake.firstSequence + handshake.flight.length - 1;
    const body = keys.finished('server', transcript);
    const finished = messageBytes({ type: FINISHED, sequence, body });
    this.state = { kind: 'connected', keys, finished };
    this.hello = null;
    this.repetitions = 0;
    this.repeat();
    this.options.onKeys(keys.srtpKeys(handshake.suite));
  }

  /** Our last flight, for the first time or again. */
  private repeat(): void {
    this.repetitions += 1;
    if (this.repetitions > MAX_REPETITIONS) return;
    const { state } = this;
    if (state.kind === 'shaking') this.sendPlain(state.handshake.flight);
    if (state.kind !== 'connected') return;
    const change = plainRecord(CHANGE_CIPHER_SPEC, this.plainSequence++, Buffer.from([1]));
    const sealed = state.keys.fromServer.seal(HANDSHAKE, this.sealedSequence++, state.finished);
    this.options.send(Buffer.concat([change, sealed]));
  }

  /** As many in a datagram as fit. */
  private sendPlain(messages: readonly HandshakeMessage[]): void {
    let waiting: Buffer[] = [];
    let bytes = 0;
    const flush = (): void => {
      if (waiting.length > 0) this.options.send(Buffer.concat(waiting));
      waiting = [];
      bytes = 0;
    };
    for (const message of messages) {
      const record = plainRecord(HANDSHAKE, this.plainSequence++, messageBytes(message));
      if (bytes + record.length > MAX_DATAGRAM_BYTES) flush();
      waiting.push(record);
      bytes += record.length;
    }
    flush();
  }
}

/** A message is its sender's, or somebody else's, or shows that one before it was. */
type Verdict = 'right' | 'wrong' | 'spoilt';

/** RFC 8422 §5.7: the client's point; null where it is none of the curve. */
function exchangeKeys(handshake: Handshake, body: Buffer): HandshakeKeys | null {
  const reader = new ByteReader(body);
  const point = reader.vector(1);
  if (!reader.isWhole || point.length !== POINT_BYTES) return null;
  const { ecdh, randoms, hello, transcript } = handshake;
  const message = messageBytes({
    type: CLIENT_KEY_EXCHANGE,
    sequence: handshake.firstSequence + 1,
    body,
  });
  const session = hello.wantsExtendedMasterSecret ? Buffer.concat([transcript, message]) : null;
  try {
    return new HandshakeKeys(ecdh.computeSecret(point), randoms, session);
  } catch {
    // A point beside the curve.
    return null;
  }
}

/** Back to where our answer to the hello had just gone out. */
function rewind(handshake: Handshake): void {
  handshake.transcript = handshake.helloTranscript;
  handshake.certificate = null;
  handshake.keys = null;
  handshake.isVerified = false;
  handshake.reassembly.rewindTo(handshake.firstSequence);
}

function keysOf(state: State): HandshakeKeys | null {
  if (state.kind === 'connected') return state.keys;
  return state.kind === 'shaking' ? state.handshake.keys : null;
}
