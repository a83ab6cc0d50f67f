import { isIP } from 'node:net';
import { z } from 'zod';
import { parseCidr } from '@/lib/core/cidr';

/** A port of TCP or UDP. */
export const port = z.coerce
  .number({ error: 'must be a port, 1 to 65535' })
  .int('must be a port, 1 to 65535')
  .min(1, 'must be a port, 1 to 65535')
  .max(65_535, 'must be a port, 1 to 65535');

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** The origin of an http(s) URL that has nothing but an origin; null for anything else. */
function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return bare && /^https?:$/.test(url.protocol) ? url.origin : null;
}

/** Scheme, host and port, as browsers say them. */
export const origin = z.string().transform((text, context) => {
  const found = originOf(text);
  if (found !== null) return found;
  context.addIssue(`must be an address such as https://voice.example, without a path`);
  return z.NEVER;
});

/** Addresses and blocks of them, with commas. */
export const cidrs = list.transform((items, context) =>
  items.flatMap((item) => {
    const result = parseCidr(item);
    if (result.ok) return [result.cidr];
    context.addIssue(`must be IP addresses or CIDR blocks, with commas: ${result.reason}`);
    return [];
  }),
);

/** An IP address of either family. */
export const address = z.string().refine((text) => isIP(text) !== 0, 'must be an IP address');

/** IP addresses of either family, with commas. */
export const addresses = list.refine(
  (items) => items.length > 0 && items.every((item) => isIP(item) !== 0),
  'must be IP addresses, with commas',
);

/** Origins of web pages, with commas. */
export const origins = list
  .refine(
    (items) => items.every((item) => originOf(item) !== null),
    'must be origins such as https://shop.example, with commas',
  )
  .transform((items) => items.map((item) => new URL(item).origin));

const HOST_AND_PORT = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):(\d{1,5})$/i;

/** Hosts with their ports, with commas: 192.0.2.1:2223, [2001:db8::1]:2223, media.example:2223. */
export const hostPorts = list.transform((items, context) =>
  items.flatMap((item) => {
    const [, ipv6, host = ipv6 ?? '', digits] = HOST_AND_PORT.exec(item) ?? [];
    const number = Number(digits);
    if (host !== '' && number >= 1 && number <= 65_535) return [{ host, port: number }];
    context.addIssue(`must be hosts with their ports such as 192.0.2.1:2223, with commas`);
    return [];
  }),
);

/** How many seconds before its funds end a call is warned: at the most three times, the longest first. */
export const warnings = list.transform((items, context) => {
  const seconds = items.map(Number).sort((one, other) => other - one);
  const areSeconds = seconds.every((each) => Number.isInteger(each) && each >= 5 && each <= 600);
  if (items.join() === 'off') return [];
  if (areSeconds && seconds.length <= 3) return seconds;
  context.addIssue('must be off, or up to three numbers of seconds from 5 to 600, with commas');
  return [];
});

/** TURN servers as browsers take them (RFC 7065), with commas. */
export const turnUrls = list.refine(
  (items) =>
    items.every((item) => /^turns?:[^\s:/?]+(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?$/.test(item)),
  'must be TURN servers such as turn:turn.example.com:3478?transport=udp, with commas',
);
