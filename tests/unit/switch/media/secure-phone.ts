import { createHmac, randomBytes } from 'node:crypto';
import {
  type DtlsIdentity,
  newDtlsIdentity,
  sha256Fingerprint,
} from '@/lib/protocol/dtls/certificate';
import { parseSdp } from '@/lib/protocol/sdp/parse';
import {
  type AudioSecurity,
  audioSecurity,
  fingerprintAttribute,
  type SdesKey,
} from '@/lib/protocol/sdp/security';
import { SrtpReceiver } from '@/lib/protocol/srtp/receiver';
import { SrtpSender } from '@/lib/protocol/srtp/sender';
import { type SrtpKeying, srtpSuite } from '@/lib/protocol/srtp/suites';
import { attribute, message, withFingerprint } from '@/lib/protocol/stun/attributes';
import { TestDtlsClient } from '@/tests/unit/protocol/dtls/client';
import { type Ear, portOf } from './phone';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';

/** How a description of ours says that its audio is protected. */
export function securityOf(sdp: Buffer): AudioSecurity {
  const parsed = parseSdp(sdp);
  const media = parsed.ok ? parsed.description.media[0] : undefined;
  const found =
    parsed.ok && media
      ? audioSecurity(parsed.description, media, { maySdes: true, mayDtls: true })
      : null;
  // What passes for passive is not read by us: as an answer it is what we say.
  if (found === null) throw new Error(sdp.toString());
  return found;
}

/** A key of a phone's own. */
export function phoneKey(tag = 1, suite = SUITE): SdesKey {
  const found = srtpSuite(suite);
  if (!found) throw new Error(suite);
  return { tag, suite: found.name, keyAndSalt: randomBytes(found.keyBytes + found.saltBytes) };
}

/** A phone's description with keys. */
export function sdesSdp(port: number, keys: readonly SdesKey[], version = 1): Buffer {
  const lines = [
    'v=0',
    `o=phone 78 ${version} IN IP4 127.0.0.1`,
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/SAVP 8`,
    ...keys.map(
      ({ tag, suite, keyAndSalt }) =>
        `a=crypto:${tag} ${suite} inline:${keyAndSalt.toString('base64')}`,
    ),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

/** The only key of a description of ours. */
export function keyOf(sdp: Buffer): SdesKey {
  const security = securityOf(sdp);
  const [key, ...others] = security.kind === 'sdes' ? security.keys : [];
  if (!key || others.length > 0) throw new Error(sdp.toString());
  return key;
}

/** Both directions of a phone's SRTP. */
export class SrtpEnds {
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;

  constructor(own: SrtpKeying, ours: SrtpKeying) {
    this.sender = new SrtpSender(own);
    this.receiver = new SrtpReceiver(ours);
  }

  seal(packet: Buffer): Buffer {
    const sealed = this.sender.rtpOf(packet);
    if (!sealed) throw new Error('not sealed');
    return Buffer.from(sealed);
  }

  open(datagram: Buffer): Buffer | null {
    const packet = this.receiver.rtpOf(Buffer.from(datagram));
    return packet && Buffer.from(packet);
  }
}

/** A browser, as far as a media engine sees one: ICE that controls, DTLS that begins. */
export class BrowserPhone {
  readonly ear: Ear;
  readonly identity: DtlsIdentity = newDtlsIdentity(Date.now());
  readonly ufrag = randomBytes(6).toString('base64');
  readonly pwd = randomBytes(18).toString('base64');
  readonly dtls: TestDtlsClient;

  constructor(ear: Ear) {
    this.ear = ear;
    this.dtls = new TestDtlsClient(this.identity);
  }

  sdp({ setup = 'actpass', version = 1 } = {}): Buffer {
    const fingerprint = fingerprintAttribute(sha256Fingerprint(this.identity.certificate));
    const lines = [
      'v=0',
      `o=browser 79 ${version} IN IP4 127.0.0.1`,
      's=-',
      't=0 0',
      'a=group:BUNDLE 0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 8',
      'c=IN IP4 0.0.0.0',
      'a=rtcp:9 IN IP4 0.0.0.0',
      'a=candidate:1 1 udp 2113937151 5f0b1e2c-0000-4000-8000-000000000000.local 50000 typ host',
      `a=ice-ufrag:${this.ufrag}`,
      `a=ice-pwd:${this.pwd}`,
      `a=fingerprint:${fingerprint.value}`,
      `a=setup:${setup}`,
      'a=mid:0',
      'a=rtcp-mux',
      'a=sendrecv',
    ];
    return Buffer.from(`${lines.join('\r\n')}\r\n`);
  }

  /** A connectivity check for a description of ours. */
  check(sdp: Buffer, { nominates = true } = {}): Buffer {
    const ufrag = /a=ice-ufrag:(\S+)/.exec(sdp.toString())?.[1] ?? '';
    const pwd = /a=ice-pwd:(\S+)/.exec(sdp.toString())?.[1] ?? '';
    const said = [
      attribute(0x0006, Buffer.from(`${ufrag}:${this.ufrag}`)),
      attribute(0x0024, Buffer.alloc(4, 1)),
      attribute(0x802a, randomBytes(8)),
    ];
    if (nominates) said.push(attribute(0x0025, Buffer.alloc(0)));
    const before = message(
      0x0001,
      Buffer.concat([Buffer.from('2112a442', 'hex'), randomBytes(12)]),
      said,
    );
    const counted = Buffer.from(before);
    counted.writeUInt16BE(before.length - 20 + 24, 2);
    const proof = createHmac('sha1', pwd).update(counted).digest();
    const whole = Buffer.concat([before, attribute(0x0008, proof)]);
    whole.writeUInt16BE(whole.length - 20, 2);
    return withFingerprint(whole);
  }

  /** Chooses its way and shakes hands; both ends of SRTP. */
  async connect(sdp: Buffer): Promise<SrtpEnds> {
    const port = portOf(sdp);
    await this.ear.send(this.check(sdp), port);
    await this.ear.next();
    await this.shakeHands(port);
    return this.ends();
  }

  /** Both ends of SRTP, once hands were shaken. */
  ends(): SrtpEnds {
    const suite = srtpSuite(SUITE);
    const keys = suite && this.dtls.srtpKeys(suite);
    if (!keys) throw new Error('no keys');
    return new SrtpEnds(keys.client, keys.server);
  }

  async shakeHands(port: number): Promise<void> {
    let saying = this.dtls.hello();
    while (!this.dtls.isConnected) {
      await this.ear.send(Buffer.concat(saying), port);
      saying = this.dtls.hear([(await this.ear.next()).packet]);
    }
  }
}
