import { createHash } from 'node:crypto';

/**
 * SIP as a foreign client reads and writes it: nothing of lib/protocol is used here, so that a
 * mistake of ours can't cancel itself out.
 */
export interface WireMessage {
  readonly start: string;
  /** Of a request. */
  readonly method: string | undefined;
  /** Of a response. */
  readonly status: number | undefined;
  /** By lower-case name, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

/** Reads a whole message. */
export function readMessage(text: string): WireMessage {
  const end = text.indexOf('\r\n\r\n');
  const [start = '', ...lines] = text.slice(0, end === -1 ? undefined : end).split('\r\n');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const status = /^SIP\/2\.0 (\d{3})/.exec(start)?.[1];
  return {
    start,
    method: status === undefined ? start.split(' ')[0] : undefined,
    status: status === undefined ? undefined : Number(status),
    headers,
    body: end === -1 ? '' : text.slice(end + 4),
  };
}

/** The first value of a header; '' where there is none. */
export function headerOf(message: WireMessage, name: string): string {
  return message.headers.get(name)?.[0] ?? '';
}

export type WireHeaders = readonly (readonly [string, string | undefined])[];

/** Writes a message; Content-Length is added. Headers without a value are left out. */
export function writeMessage(start: string, headers: WireHeaders, body = ''): string {
  const lines = headers.flatMap(([name, value]) =>
    value === undefined ? [] : `${name}: ${value}`,
  );
  const length = Buffer.byteLength(body, 'latin1');
  return [start, ...lines, `Content-Length: ${length}`, '', body].join('\r\n');
}

/** The tag of a From or To. */
export function tagOf(value: string): string {
  return /;tag=([^;>\s]+)/.exec(value)?.[1] ?? '';
}

/** The address between angle brackets, or what stands before the parameters. */
export function uriIn(value: string): string {
  return /<([^>]+)>/.exec(value)?.[1] ?? value.split(';')[0]?.trim() ?? '';
}

function parameter(challenge: string, name: string): string {
  return new RegExp(`(?:^|[\\s,])${name}="?([^",]+)"?`).exec(challenge)?.[1] ?? '';
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

export interface DigestQuestion {
  readonly challenges: readonly string[];
  readonly user: string;
  readonly secret: string;
  readonly method: string;
  readonly uri: string;
}

/** Answers an MD5 challenge with qop=auth (RFC 2617 §3.2.2). */
export function answerDigest(question: DigestQuestion): string {
  const { user, secret, method, uri } = question;
  const challenge = question.challenges.find((each) => !/SHA-256/i.test(each));
  if (challenge === undefined) throw new Error(`no MD5 challenge in ${question.challenges}`);
  const realm = parameter(challenge, 'realm');
  const nonce = parameter(challenge, 'nonce');
  const opaque = parameter(challenge, 'opaque');
  const ha1 = md5(`${user}:${realm}:${secret}`);
  const ha2 = md5(`${method}:${uri}`);
  const response = md5(`${ha1}:${nonce}:00000001:0a4f113b:auth:${ha2}`);
  const parts = [
    `username="${user}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    'algorithm=MD5',
    'cnonce="0a4f113b"',
    'nc=00000001',
    'qop=auth',
    ...(opaque === '' ? [] : [`opaque="${opaque}"`]),
  ];
  return `Digest ${parts.join(', ')}`;
}

/** An ordinary audio offer or answer. */
export function audioSdp(port: number, direction = 'sendrecv', version = 1): string {
  return [
    'v=0',
    `o=wire 7 ${version} IN IP4 127.0.0.1`,
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    `a=${direction}`,
    '',
  ].join('\r\n');
}

/** An answer as a browser gives it: to whom it registers over WebSocket it is offered nothing else. */
export function browserAnswerSdp(port: number): string {
  const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');
  return [
    audioSdp(port).replace('RTP/AVP', 'UDP/TLS/RTP/SAVPF').trimEnd(),
    'a=ice-ufrag:abcd',
    'a=ice-pwd:0123456789012345678901',
    `a=fingerprint:sha-256 ${fingerprint}`,
    'a=setup:active',
    'a=mid:0',
    'a=rtcp-mux',
    '',
  ].join('\r\n');
}
