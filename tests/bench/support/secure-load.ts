import { newDtlsIdentity, sha256Fingerprint } from '@/lib/protocol/dtls/certificate';
import type { DatagramBatch } from '@/lib/protocol/native/datagrams';
import { fingerprintAttribute } from '@/lib/protocol/sdp/security';
import { SrtpReceiver } from '@/lib/protocol/srtp/receiver';
import { SrtpSender } from '@/lib/protocol/srtp/sender';
import { srtpSuite } from '@/lib/protocol/srtp/suites';
import { TestDtlsClient } from '@/tests/unit/protocol/dtls/client';
import { sentMsIn, TalkingPhones } from './media-load';

/** What came of the handshakes of all legs. */
export interface HandshakeResult {
  readonly handshakes: number;
  readonly tookMs: number;
}

/** What a job of handshakes is. */
export interface HandshakeJob {
  readonly host: string;
  /** The relay's ports by leg. */
  readonly shakeHandsAt: readonly number[];
}

/** So many shake hands at once: enough that the relay never waits for us. */
const AT_ONCE = 8;
const REPEAT_MS = 500;
const PATIENCE_MS = 10_000;
const SUITE = 'AES_CM_128_HMAC_SHA1_80';
/** RFC 7983 §7: below is STUN, above DTLS ends and RTP begins. */
const FIRST_DTLS = 20;
const LAST_DTLS = 63;

/** A leg whose media is keyed by its own handshake. */
class SecureLeg {
  readonly client: TestDtlsClient;
  sender: SrtpSender | null = null;
  receiver: SrtpReceiver | null = null;
  private readonly send: (records: readonly Buffer[]) => void;
  private done: (() => void) | undefined;

  constructor(client: TestDtlsClient, send: (records: readonly Buffer[]) => void) {
    this.client = client;
    this.send = send;
  }

  async shakeHands(): Promise<void> {
    const connected = new Promise<void>((resolve) => {
      this.done = resolve;
    });
    this.send(this.client.hello());
    const repeat = setInterval(() => this.send(this.client.lastFlight), REPEAT_MS);
    const patience = new Promise<never>((_, reject) => {
      const late = (): void => reject(new Error('a handshake came to no end'));
      void connected.then(() => clearTimeout(timer));
      const timer = setTimeout(late, PATIENCE_MS);
    });
    await Promise.race([connected, patience]).finally(() => clearInterval(repeat));
    const suite = srtpSuite(SUITE);
    const keys = suite && this.client.srtpKeys(suite);
    if (!keys) throw new Error('a handshake made no keys');
    this.sender = new SrtpSender(keys.client);
    this.receiver = new SrtpReceiver(keys.server);
  }

  hear(datagram: Buffer): void {
    if (this.client.isConnected) return;
    const answer = this.client.hear([datagram]);
    if (answer.length > 0) this.send(answer);
    if (this.client.isConnected) this.done?.();
  }
}

/** Phones that talk by SRTP, each with keys from a handshake of its own (RFC 5764). */
export class SecurePhones extends TalkingPhones {
  private readonly identity = newDtlsIdentity(Date.now());
  private readonly legs: SecureLeg[] = [];
  private readonly byPort = new Map<number, SecureLeg>();

  /** As their descriptions say it. */
  get fingerprint(): string {
    return fingerprintAttribute(sha256Fingerprint(this.identity.certificate)).value ?? '';
  }

  /** All legs shake hands with the relay's ports. */
  async shakeHands({ host, shakeHandsAt: ports }: HandshakeJob): Promise<HandshakeResult> {
    this.legs.length = 0;
    this.byPort.clear();
    for (const [index, port] of ports.entries()) {
      const leg = new SecureLeg(new TestDtlsClient(this.identity), (records) => {
        const remote = { address: host, port };
        this.socketOf(index)?.sendCopy(Buffer.concat(records), remote);
      });
      this.legs.push(leg);
      this.byPort.set(port, leg);
    }
    const startedAtMs = performance.now();
    const waiting = [...this.legs];
    const lane = async (): Promise<void> => {
      for (let leg = waiting.shift(); leg; leg = waiting.shift()) await leg.shakeHands();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return { handshakes: ports.length, tookMs: performance.now() - startedAtMs };
  }

  protected override sealed(leg: number, packet: Buffer): Uint8Array | null {
    return this.legs[leg]?.sender?.rtpOf(packet) ?? null;
  }

  protected override sentMsOf(batch: DatagramBatch, index: number): number {
    const leg = this.byPort.get(batch.remoteOf(index).port);
    const bytes = batch.bytesOf(index);
    const first = bytes[0] ?? 0;
    if (first >= FIRST_DTLS && first <= LAST_DTLS) leg?.hear(bytes);
    const packet = first > LAST_DTLS ? leg?.receiver?.rtpOf(bytes) : null;
    return packet ? sentMsIn(bytes, packet.byteOffset - bytes.byteOffset) : Number.NaN;
  }
}
