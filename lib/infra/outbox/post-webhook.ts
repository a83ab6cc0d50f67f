import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { AddressRefused, isPublicAddress, publicLookup } from './address-guard';

export interface WebhookPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Only in the lab: private addresses and plain HTTP are allowed. */
  readonly allowPrivate: boolean;
}

/** standard-webhooks: 15 to 30 s. */
const TIMEOUT_MS = 20_000;

/**
 * Posts once and gives the HTTP status; redirects are not followed and the answer's body is not
 * read. Throws where no answer came, or the address is not one we talk to.
 */
export function postWebhook(post: WebhookPost): Promise<number> {
  const url = new URL(post.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!post.allowPrivate) {
    if (url.protocol !== 'https:') return Promise.reject(new Error('webhooks go over https alone'));
    // A literal address is connected to without a look-up.
    if (isIP(host) !== 0 && !isPublicAddress(host)) return Promise.reject(new AddressRefused(host));
  }
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Tollbridge-Webhooks/1',
          ...post.headers,
          'content-length': String(Buffer.byteLength(post.body)),
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(post.allowPrivate ? {} : { lookup: publicLookup }),
      },
      (response) => {
        response.destroy();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on('error', reject);
    request.end(post.body);
  });
}
