/** What stands in the place of a secret. */
const HIDDEN = 'hidden';

/** Credentials and what proves them (RFC 7616 §3.4, §3.5); a line with its folded ones. */
const CREDENTIALS =
  /^((?:proxy-)?authorization|(?:proxy-)?authentication-info)[ \t]*:[ \t]*((?:[^\r\n]|\r?\n[ \t])*)/gim;

/**
 * Of a digest: what would let somebody try passwords or replay it. Who it was, which realm and uri,
 * and how it was computed stay: that is what support asks after.
 */
const DIGEST_SECRETS =
  /((?:^|[\s,])(?:response|rspauth|cnonce|nonce|nextnonce|nc|opaque)\s*=\s*)(?:"(?:[^"\\]|\\.)*"|[^\s,]*)/gi;

/** SDP keys (RFC 4568 §9.1, RFC 8866 §5.12, RFC 8839 §5.4); a fingerprint is public. */
const SDP_KEYS =
  /^(a=[ \t]*crypto[ \t]*:[^\r\n]*?inline:|k=[a-z0-9]+:|a=[ \t]*(?:ice-pwd|key-mgmt)[ \t]*:)([^\r\n]+)/gim;

/** Keys dialled within a call are PINs and card numbers often enough (application/dtmf-relay). */
const DTMF_SIGNAL = /^(signal[ \t]*=[ \t]*)([^\r\n]+)/gim;

/** A password in a URI (RFC 3261 §19.1.1). */
const URI_PASSWORD = /(\bsips?:[^\s:@<>;"]{1,128}:)([^\s@<>"]{1,128})(?=@)/gi;

function maskCredentials(name: string, value: string): string {
  const scheme = /^\s*(?:([^\s,="]+)\s+)?/.exec(value)?.[1];
  const isInfo = name.toLowerCase().endsWith('info');
  if (!isInfo && scheme?.toLowerCase() !== 'digest') {
    return `${name}: ${scheme === undefined ? '' : `${scheme} `}${HIDDEN}`;
  }
  return `${name}: ${value.replace(DIGEST_SECRETS, `$1"${HIDDEN}"`)}`;
}

const starred = (_all: string, before: string, secret: string): string =>
  `${before}${'*'.repeat(secret.length)}`;

/**
 * A message without its secrets: answers to challenges, media keys, keys dialled by INFO, passwords
 * in URIs. A body keeps its length, so that Content-Length stays true. Takes and gives latin1 text;
 * every pattern is linear in it.
 */
export function maskSecrets(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  // What has no end of its head is broken; everything is looked for in all of it.
  const head = end < 0 ? text : text.slice(0, end);
  const safeHead = head
    .replace(CREDENTIALS, (_all, name: string, value: string) => maskCredentials(name, value))
    .replace(URI_PASSWORD, (_all, before: string) => `${before}${HIDDEN}`);
  return end < 0 ? safeHead.replace(SDP_KEYS, starred) : safeHead + maskBody(head, text.slice(end));
}

function maskBody(head: string, body: string): string {
  const type = /^(?:content-type|c)[ \t]*:[ \t]*([^;\r\n]*)/im.exec(head)?.[1]?.toLowerCase() ?? '';
  if (type.startsWith('application/dtmf-relay')) return body.replace(DTMF_SIGNAL, starred);
  if (type.startsWith('application/dtmf')) {
    return body.slice(0, 4) + body.slice(4).replace(/[^\r\n]/g, '*');
  }
  return body.replace(SDP_KEYS, starred).replace(URI_PASSWORD, starred);
}
