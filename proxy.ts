import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { env } from '@/lib/infra/env';
import { preflight } from '@/lib/web/cors';
import { HOST_HEADER, isSecure, stampsAreReal } from '@/lib/web/request-facts';
import { apiPolicy, pagePolicy, securityHeaders } from '@/lib/web/security-headers';
import { webSocketUrls } from '@/lib/web/sip-access';

/**
 * Runs before every page and API request: security headers, the nonce that pages put on their
 * scripts, and preflights. It lets nobody in or out: that is the handlers' and pages' own business.
 */
export function proxy(request: NextRequest): Response {
  const { publicUrl, corsOrigins } = env();
  const { pathname, search } = request.nextUrl;
  const host =
    (stampsAreReal() ? request.headers.get(HOST_HEADER) : request.headers.get('host')) ?? '';
  const secure = isSecure(request.headers, host, publicUrl);
  const isApi = pathname.startsWith('/api/');
  if (isApi) {
    const answer = preflight(request, corsOrigins);
    if (answer) return answer;
  }
  const nonce = randomBytes(16).toString('base64');
  // biome-ignore lint/style/noProcessEnv: no setting but a constant that Next puts in its place
  const isDevelopment = process.env.NODE_ENV === 'development';
  const policy = isApi
    ? apiPolicy()
    : pagePolicy({ nonce, secure, isDevelopment, connectTo: webSocketUrls() });
  const headers = new Headers(request.headers);
  // What a client sends under these names is overwritten: pages believe them.
  headers.set('x-nonce', nonce);
  headers.set('x-portal-path', `${pathname}${search}`);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  for (const [name, value] of Object.entries(securityHeaders(secure))) {
    response.headers.set(name, value);
  }
  return response;
}

export const config = {
  matcher: [
    // Built files have their own caching and run nothing by themselves.
    '/((?!_next/static|_next/image|api/).*)',
    // Files are passed by: Next would keep their first 10 MB in memory, and drop the rest. Their
    // answers get the same headers from the route's wrapper.
    {
      source: '/api/:path*',
      missing: [{ type: 'header', key: 'content-type', value: 'application/octet-stream' }],
    },
  ],
};
