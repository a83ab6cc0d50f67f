import {
  type ChallengePolicy,
  clientNumberAt,
  isSippBranchAt,
  isStumblingAgent,
  MD5_ONLY,
} from '@/lib/protocol/digest/challenge-policy';
import { NONCE_CHARS } from '@/lib/protocol/digest/nonce';
import type { DigestServer } from '@/lib/protocol/digest/server';
import { SignedBytes } from '@/lib/protocol/digest/signed-bytes';
import { decimalAt, isSameAt, isTextAt, type Span } from '@/lib/protocol/sip/span';
import type { Endpoint } from '@/lib/protocol/sip/transport';
import type { SwitchDirectory, TenantRecord } from '@/lib/switch/directory/directory';
import type { ExtensionSecrets } from '@/lib/switch/directory/secrets';
import type { BanList } from '@/lib/switch/edge/ban-list';
import { isScannerText } from '@/lib/switch/edge/screening';
import type { DatagramView } from '@/lib/switch/edge/types';
import { createTokenWriter } from '@/lib/switch/random-tokens';
import type { Binding } from '@/lib/switch/registrar/binding';
import type { Location } from '@/lib/switch/registrar/location';
import { isInService } from '@/lib/switch/registrar/reach';
import { contactOf, Dates, SUPPORTED, secondsLeft } from '@/lib/switch/registrar/registrar';
import {
  DEFAULT_EXPIRES_SECONDS,
  isSameContact,
  MAX_EXPIRES_SECONDS,
  MIN_EXPIRES_SECONDS,
} from '@/lib/switch/registrar/rules';
import type { SipStack } from '@/lib/switch/stack';
import { ContactScan } from './contact-scan';
import { Desk, MAX_PACKET_BYTES } from './desk';
import { type Domain, learnDomain } from './domain';
import { KnownTexts } from './known-texts';
import { RegisterScan } from './register-scan';
import { RequestKey } from './request-key';

/** Of several bindings; what an answer has beside them and its request's headers is 300 bytes. */
const MAX_CONTACTS_BYTES = 1_500;
/** Makes of phones, and the domains of one installation that register at the same time. */
const AGENT_PLACES = 256;
const DOMAIN_PLACES = 1_024;
/** Every scanner's name has that many letters in a row (edge/screening.ts). */
const SCANNER_LETTERS = 4;
const HA1_HEX_BYTES = 32;

const NO_AGENT = { text: '', isScanner: false, isStumbling: false };

/** What a phone calls itself, looked at once. */
interface Agent {
  readonly text: string;
  readonly isScanner: boolean;
  readonly isStumbling: boolean;
}

export interface ExpressOptions {
  readonly stack: Pick<SipStack, 'clock'> & {
    readonly layer: Pick<SipStack['layer'], 'early'>;
  };
  readonly directory: Pick<
    SwitchDirectory,
    'tenantByDomain' | 'extension' | 'pbxTrunk' | 'accountById'
  >;
  readonly secrets: Pick<ExtensionSecrets, 'md5Into'>;
  readonly digest: DigestServer;
  readonly policy: ChallengePolicy;
  readonly bans: Pick<BanList, 'recordSuccess'>;
  readonly location: Location;
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const CHALLENGE = bytesOf('SIP/2.0 401 Unauthorized\r\nVia: ');
const ACCEPT = bytesOf('SIP/2.0 200 OK\r\nVia: ');
const RECEIVED = bytesOf(';received=');
const FROM = bytesOf('\r\nFrom: ');
const TO = bytesOf('\r\nTo: ');
const TAG = bytesOf(';tag=');
const CALL_ID = bytesOf('\r\nCall-ID: ');
const CSEQ = bytesOf('\r\nCSeq: ');
const LINE_END = bytesOf('\r\n');
const CONTACT = bytesOf('Contact: ');
const AFTER_CONTACTS = bytesOf(`Supported: ${SUPPORTED}\r\nDate: `);
const INSTANCE = bytesOf(';+sip.instance=');
const EXPIRES = bytesOf(';expires=');
const END = bytesOf('Content-Length: 0\r\n\r\n');
const LAST_LINES = bytesOf('\r\nContent-Length: 0\r\n\r\n');
const EQUALS = bytesOf('=');

/**
 * Answers the REGISTERs that a switch gets all day, from their bytes: the first of a phone, which is
 * challenged, and the one that renews its only binding. See README.md.
 */
export class Express {
  private readonly options: ExpressOptions;
  private readonly scan = new RegisterScan();
  private readonly contact = new ContactScan();
  private readonly signed = new SignedBytes();
  private readonly desk = new Desk();
  private readonly tokenInto = createTokenWriter();
  private readonly key = new RequestKey();
  private readonly dates = new Dates();
  private readonly ha1 = new Uint8Array(HA1_HEX_BYTES);
  /** Whether what bindingOf found is all that its extension has. */
  private isOnly = false;
  private readonly agents = new KnownTexts<Agent>(AGENT_PLACES, (text) => ({
    text,
    isScanner: isScannerText(text),
    isStumbling: isStumblingAgent(text),
  }));
  private readonly domains = new KnownTexts<Domain>(DOMAIN_PLACES, learnDomain);

  constructor(options: ExpressOptions) {
    this.options = options;
  }

  /** The answer to a datagram; undefined where it is for the transaction layer, untouched. */
  answer(datagram: DatagramView): Buffer | undefined {
    const { start, end } = datagram;
    const { scan, desk } = this;
    if (end - start > MAX_PACKET_BYTES) return undefined;
    if (!scan.read(desk, desk.take(datagram.bytes, start, end))) return undefined;
    const { bytes } = desk;
    const { layer } = this.options.stack;
    this.key.write(bytes, scan);
    const repeated = layer.early.repeated(this.key);
    if (repeated !== undefined) return repeated;
    if (!isSameAt(bytes, scan.fromAddress.uri, scan.toAddress.uri)) return undefined;
    const agent = scan.userAgent.isFound ? this.agents.at(bytes, scan.userAgent) : NO_AGENT;
    const domain = this.domains.at(bytes, scan.toAddress.host);
    if (agent.isScanner || domain.isScanner || this.mayBeScanner(bytes)) return undefined;
    const tenant = this.options.directory.tenantByDomain(domain.text);
    if (tenant === undefined) return undefined;
    return scan.authorization.isFound
      ? this.renew(datagram, { agent, domain, tenant })
      : this.challenge(datagram.remote, agent, domain);
  }

  /** Whether From or the user may bear a scanner's name: letters enough in a row. */
  private mayBeScanner(bytes: Buffer): boolean {
    const { displayName, user, tag } = this.scan.fromAddress;
    return isScannerAt(bytes, displayName) || isScannerAt(bytes, user) || isScannerAt(bytes, tag);
  }

  private challenge(remote: Endpoint, agent: Agent, domain: Domain): Buffer {
    const { digest, policy, stack } = this.options;
    const { scan, desk } = this;
    const { bytes } = desk;
    const mustBeMd5 = agent.isStumbling || isSippBranchAt(bytes, scan.branch);
    const algorithms = mustBeMd5
      ? MD5_ONLY
      : policy.offer(clientNumberAt(remote.address, bytes, scan.fromAddress.uri));
    desk.put(CHALLENGE);
    this.putCopied(remote);
    const nonceAt = desk.at + domain.challengeHead.length;
    for (const algorithm of algorithms) {
      desk.put(domain.challengeHead);
      if (desk.at === nonceAt) {
        digest.nonceInto(bytes, nonceAt, { realm: domain.text, source: remote.address });
        desk.at += NONCE_CHARS;
      } else desk.copy(nonceAt, nonceAt + NONCE_CHARS);
      desk.put(domain.challengeTails[algorithm]);
    }
    desk.put(END);
    stack.layer.early.count();
    return desk.answer();
  }

  private renew(
    datagram: DatagramView,
    who: { agent: Agent; domain: Domain; tenant: TenantRecord },
  ): Buffer | undefined {
    const { remote } = datagram;
    const { signed, scan, ha1 } = this;
    const { bytes } = this.desk;
    const { digest, policy, bans, stack } = this.options;
    if (!signed.read(bytes, scan.authorization)) return undefined;
    const { domain } = who;
    const isForUs =
      isTextAt(bytes, signed.realm, domain.text) &&
      isSameAt(bytes, signed.uri, scan.uri) &&
      isSameAt(bytes, signed.username, scan.toAddress.user);
    if (!isForUs) return undefined;
    const nowMs = stack.clock.nowMs();
    const binding = this.bindingOf(datagram, who, nowMs);
    const expiresSeconds = this.expiresSeconds(bytes);
    const canRenew = binding !== undefined && expiresSeconds >= MIN_EXPIRES_SECONDS;
    const isRight = digest.admits(bytes, signed, {
      realm: domain.text,
      source: remote.address,
      // Checked all the same where it can't be right: nobody can tell by the time who is here.
      ha1: canRenew ? ha1 : undefined,
      ha2: this.domains.at(bytes, scan.host).registerHa2,
    });
    if (!isRight || binding === undefined) return undefined;
    policy.hasAnswered(clientNumberAt(remote.address, bytes, scan.fromAddress.uri));
    bans.recordSuccess(remote.address);
    this.options.location.renew(binding, {
      callId: this.callIdFor(bytes, binding),
      cseq: scan.cseqNumber,
      refreshedAtMs: nowMs,
      expiresAtMs: nowMs + expiresSeconds * 1_000,
    });
    return this.accept(remote, binding, nowMs);
  }

  /** The binding that can be renewed, its secret at hand; undefined for anything else. */
  private bindingOf(
    { local, remote }: DatagramView,
    { agent, tenant }: { agent: Agent; tenant: TenantRecord },
    nowMs: number,
  ): Binding | undefined {
    const { directory, location, secrets } = this.options;
    const { scan, contact } = this;
    const { bytes } = this.desk;
    const { user } = scan.toAddress;
    const number = bytes.toString('latin1', user.start, user.end);
    const extension = directory.extension(tenant.id, number);
    if (extension === undefined || directory.pbxTrunk(tenant.id, number)) return undefined;
    if (!isInService(directory, extension, tenant) || !secrets.md5Into(extension, this.ha1)) {
      return undefined;
    }
    if (!scan.contact.isFound || !contact.read(bytes, scan.contact)) return undefined;
    const only = location.only(extension.id, nowMs);
    this.isOnly = only !== undefined;
    const binding = only
      ? this.withThisContact(bytes, only)
      : this.sameContact(bytes, location.lookup(extension.id, nowMs));
    if (binding === undefined) return undefined;
    const isSame =
      binding.regId === 0 &&
      binding.path.length === 0 &&
      binding.userAgent === agent.text &&
      binding.isAt({ transport: 'udp', local, remote, connectionId: undefined });
    if (!isSame) return undefined;
    const isStale = scan.cseqNumber <= binding.cseq && isTextAt(bytes, scan.callId, binding.callId);
    return isStale ? undefined : binding;
  }

  /** The binding, if it has the very URI and instance of the contact. */
  private withThisContact(bytes: Buffer, one: Binding): Binding | undefined {
    const { uri, instance } = this.contact;
    const isIt = isTextAt(bytes, uri, one.contactUri) && isTextAt(bytes, instance, one.instanceId);
    return isIt ? one : undefined;
  }

  /** The one of several with this contact, where no other one means the same. */
  private sameContact(bytes: Buffer, bindings: readonly Binding[]): Binding | undefined {
    const found = bindings.find((one) => this.withThisContact(bytes, one) !== undefined);
    if (found === undefined || bindings.length === 1) return found;
    const chars = bindings.reduce((sum, one) => sum + contactOf(one, 0).length, 0);
    if (chars > MAX_CONTACTS_BYTES) return undefined;
    const contact = { uri: found.contactUri, instanceId: found.instanceId };
    return bindings.every((one) => one === found || !isSameContact(one, contact))
      ? found
      : undefined;
  }

  /** What it asks for, at most what it can have; -1 where that is unclear. */
  private expiresSeconds(bytes: Buffer): number {
    const { expires } = this.scan;
    const header = expires.isFound ? decimalAt(bytes, expires, 9) : DEFAULT_EXPIRES_SECONDS;
    if (header < 0) return -1;
    const { expiresSeconds } = this.contact;
    return Math.min(expiresSeconds >= 0 ? expiresSeconds : header, MAX_EXPIRES_SECONDS);
  }

  private callIdFor(bytes: Buffer, binding: Binding): string {
    const { callId } = this.scan;
    return isTextAt(bytes, callId, binding.callId)
      ? binding.callId
      : bytes.toString('latin1', callId.start, callId.end);
  }

  private accept(remote: Endpoint, renewed: Binding, nowMs: number): Buffer {
    const { desk, key } = this;
    const { location, stack } = this.options;
    const { early } = stack.layer;
    desk.put(ACCEPT);
    this.putCopied(remote);
    this.putRenewed(renewed, nowMs);
    if (!this.isOnly) {
      // The latest refreshed comes first, which is this one.
      for (const binding of location.lookup(renewed.extensionId, nowMs)) {
        if (binding !== renewed) this.putContact(binding, nowMs);
      }
    }
    desk.put(AFTER_CONTACTS);
    desk.putText(this.dates.at(nowMs));
    desk.put(LAST_LINES);
    const answer = desk.answer();
    early.count();
    early.keep(key, answer);
    return answer;
  }

  private putContact(binding: Binding, nowMs: number): void {
    const { desk } = this;
    desk.put(CONTACT);
    desk.putText(contactOf(binding, nowMs));
    desk.put(LINE_END);
  }

  /** The same out of the packet. */
  private putRenewed(binding: Binding, nowMs: number): void {
    const { desk, contact } = this;
    const { uri, instance } = contact;
    desk.put(CONTACT);
    desk.copy(uri.start - 1, uri.end + 1);
    if (instance.isFound) {
      desk.put(INSTANCE);
      desk.copy(instance.start - 1, instance.end + 1);
    }
    desk.put(EXPIRES);
    desk.putNumber(secondsLeft(binding, nowMs));
    desk.put(LINE_END);
  }

  /** From Via to CSeq, as the request had them, with where it came from (RFC 3581) and our tag. */
  private putCopied(remote: Endpoint): void {
    const { scan, desk } = this;
    const { via, from, to, callId, cseq, rportEnd } = scan;
    desk.copy(via.start, rportEnd);
    desk.put(EQUALS);
    desk.putNumber(remote.port);
    desk.put(RECEIVED);
    desk.putText(remote.address);
    if (rportEnd < via.end) desk.copy(rportEnd, via.end);
    desk.put(FROM);
    desk.copy(from.start, from.end);
    desk.put(TO);
    desk.copy(to.start, to.end);
    desk.put(TAG);
    desk.at = this.tokenInto(desk.bytes, desk.at);
    desk.put(CALL_ID);
    desk.copy(callId.start, callId.end);
    desk.put(CSEQ);
    desk.copy(cseq.start, cseq.end);
    desk.put(LINE_END);
  }
}

function isScannerAt(bytes: Buffer, span: Span): boolean {
  return hasLetters(bytes, span) && isScannerText(bytes.toString('latin1', span.start, span.end));
}

function hasLetters(bytes: Uint8Array, { start, end }: Span): boolean {
  let letters = 0;
  for (let at = start; at < end; at += 1) {
    const lower = (bytes[at] ?? 0) | 0x20;
    letters = lower >= 0x61 && lower <= 0x7a ? letters + 1 : 0;
    if (letters >= SCANNER_LETTERS) return true;
  }
  return false;
}
