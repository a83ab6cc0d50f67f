import { assert } from '@/lib/core/errors';
import { type HeaderFields, type HeaderLine, HeaderList, headerValues } from './header-fields';
import { canonicalHeaderName } from './header-names';
import { type NameAddr, parseNameAddr } from './name-addr';
import { parseVia, type Via } from './via';

/** A sequence number and the method that it numbers (RFC 3261 §20.16). */
export interface CSeq {
  readonly sequence: number;
  readonly method: string;
}

/** Any header, by any spelling; several values become several lines, undefined none. */
export type HeaderInit = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Lines of an init object, in its order. */
export function headerLines(init: HeaderInit): HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (const rawName of Object.keys(init)) {
    const value = init[rawName];
    const name = canonicalHeaderName(rawName);
    if (value === undefined) continue;
    if (typeof value === 'string') lines.push({ name, value });
    else if (typeof value === 'number') lines.push({ name, value: String(value) });
    else for (const entry of value) lines.push({ name, value: entry });
  }
  return lines;
}

/** Parses `4711 INVITE`, or returns undefined; the number must fit in 31 bits (§8.1.1.5). */
export function parseCSeq(text: string): CSeq | undefined {
  let sequence = 0;
  let end = 0;
  for (; isDigit(text.charCodeAt(end)); end += 1) {
    sequence = sequence * 10 + text.charCodeAt(end) - ZERO;
  }
  let start = end;
  while (isBlank(text.charCodeAt(start))) start += 1;
  const isSound = end > 0 && end <= 10 && start > end && start < text.length;
  if (!isSound || sequence >= 2 ** 31) return undefined;
  const method = text.slice(start);
  return method.includes(' ') || method.includes('\t') ? undefined : { sequence, method };
}

const ZERO = 48;
const isDigit = (code: number): boolean => code >= ZERO && code < ZERO + 10;
const isBlank = (code: number): boolean => code === 32 || code === 9;

const NO_BODY = Buffer.alloc(0);

/** What requests and responses share. Immutable; the parsed views are made once, when asked for. */
abstract class Message {
  readonly fields: HeaderFields;
  readonly body: Buffer;
  private cachedVias: readonly string[] | undefined;
  private cachedVia: Via | undefined;
  private cachedFrom: NameAddr | undefined;
  private cachedTo: NameAddr | undefined;
  private cachedCSeq: CSeq | undefined;

  constructor(fields: HeaderFields, body: Buffer = NO_BODY) {
    this.fields = fields;
    this.body = body;
  }

  /** The first line of a header, unfolded and trimmed, by any spelling of its name. */
  header(name: string): string | undefined {
    return this.fields.first(canonicalHeaderName(name));
  }

  /** All values: a list header (Via, Route, Contact …) split at its commas, any other by line. */
  headers(name: string): readonly string[] {
    // Asked for by validator, key, answer and registrar alike.
    if (name === 'via') {
      this.cachedVias ??= headerValues(this.fields, 'via');
      return this.cachedVias;
    }
    return headerValues(this.fields, canonicalHeaderName(name));
  }

  /** The topmost Via. Like the getters below it holds on validated messages; else it throws. */
  get via(): Via {
    const via = this.readVia();
    assert(via, 'a validated message has a Via');
    return via;
  }

  get from(): NameAddr {
    const from = this.readAddress('from');
    assert(from, 'a validated message has a From');
    return from;
  }

  get to(): NameAddr {
    const to = this.readAddress('to');
    assert(to, 'a validated message has a To');
    return to;
  }

  /** '' where there is none (RFC 2543). */
  get fromTag(): string {
    return this.from.params.get('tag') ?? '';
  }

  /** '' outside a dialog. */
  get toTag(): string {
    return this.to.params.get('tag') ?? '';
  }

  get callId(): string {
    return this.fields.first('call-id') ?? '';
  }

  get cseq(): CSeq {
    const cseq = this.readCSeq();
    assert(cseq, 'a validated message has a CSeq');
    return cseq;
  }

  /** The topmost Via if there is a readable one; for the validator. */
  readVia(): Via | undefined {
    this.cachedVia ??= parseVia(this.headers('via')[0] ?? '');
    return this.cachedVia;
  }

  /** From or To if it is readable; for the validator. */
  readAddress(name: 'from' | 'to'): NameAddr | undefined {
    if (name === 'from') this.cachedFrom ??= parseNameAddr(this.fields.first('from') ?? '');
    else this.cachedTo ??= parseNameAddr(this.fields.first('to') ?? '');
    return name === 'from' ? this.cachedFrom : this.cachedTo;
  }

  /** The CSeq if it is readable; for the validator. */
  readCSeq(): CSeq | undefined {
    this.cachedCSeq ??= parseCSeq(this.fields.first('cseq') ?? '');
    return this.cachedCSeq;
  }

  protected changedFields(changes: HeaderInit): HeaderFields {
    const replaced = new Set(Object.keys(changes).map(canonicalHeaderName));
    const kept = this.fields.lines().filter((line) => !replaced.has(line.name));
    return new HeaderList([...kept, ...headerLines(changes)]);
  }
}

/** A request. `method` is case-sensitive; `uri` is the Request-URI as written (see parseUri). */
export class SipRequest extends Message {
  readonly kind = 'request' as const;
  readonly method: string;
  readonly uri: string;

  constructor(start: { method: string; uri: string }, fields: HeaderFields, body?: Buffer) {
    super(fields, body);
    this.method = start.method;
    this.uri = start.uri;
  }

  /** 70 where the header is absent (RFC 3261 §16.6 step 3). */
  get maxForwards(): number {
    const text = this.fields.first('max-forwards');
    return text === undefined ? 70 : Number(text);
  }

  /** A copy with these headers set (undefined removes); every line of the name is replaced. */
  withHeaders(changes: HeaderInit): SipRequest {
    return new SipRequest(this, this.changedFields(changes), this.body);
  }
}

/** A response. */
export class SipResponse extends Message {
  readonly kind = 'response' as const;
  readonly status: number;
  readonly reason: string;

  constructor(start: { status: number; reason: string }, fields: HeaderFields, body?: Buffer) {
    super(fields, body);
    this.status = start.status;
    this.reason = start.reason;
  }

  /** A copy with these headers set (undefined removes). */
  withHeaders(changes: HeaderInit): SipResponse {
    return new SipResponse(this, this.changedFields(changes), this.body);
  }
}

export type SipMessage = SipRequest | SipResponse;
