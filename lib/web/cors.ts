/** What a page of another site may send; cookies are never among it. */
const ALLOWED_HEADERS = 'authorization, content-type, idempotency-key, if-match, if-none-match';
const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const EXPOSED_HEADERS =
  'etag, location, x-request-id, ratelimit, ratelimit-policy, retry-after, idempotency-replayed';

/**
 * Headers for an answer to a page of CORS_ORIGINS, which then may call the API with a key. Without
 * allow-credentials a browser never sends our cookies along, so this opens nothing to sessions.
 */
export function corsHeaders(request: Headers, origins: readonly string[]): Headers {
  const headers = new Headers();
  if (origins.length === 0) return headers;
  headers.set('vary', 'Origin');
  const origin = request.get('origin');
  if (origin !== null && origins.includes(origin)) {
    headers.set('access-control-allow-origin', origin);
    headers.set('access-control-expose-headers', EXPOSED_HEADERS);
  }
  return headers;
}

/** The answer to a preflight, or null where it is none or its origin is not listed. */
export function preflight(request: Request, origins: readonly string[]): Response | null {
  if (request.method !== 'OPTIONS') return null;
  if (!request.headers.has('access-control-request-method')) return null;
  const headers = corsHeaders(request.headers, origins);
  if (!headers.has('access-control-allow-origin')) return null;
  headers.set('access-control-allow-methods', ALLOWED_METHODS);
  headers.set('access-control-allow-headers', ALLOWED_HEADERS);
  headers.set('access-control-max-age', '600');
  return new Response(null, { status: 204, headers });
}
