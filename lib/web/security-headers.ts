interface PagePolicy {
  readonly nonce: string;
  /** The page was asked for by https. */
  readonly secure: boolean;
  /** The development server evaluates code to replace modules in a running page. */
  readonly isDevelopment: boolean;
  /** Where else than to its own host a page speaks: the switch, for the phone in the browser. */
  readonly connectTo: readonly string[];
}

/**
 * The Content-Security-Policy of pages. Scripts run by nonce, and what they load; style elements
 * have it, too. Style attributes stay allowed: React writes them for computed sizes and positions
 * (popups, meters, columns), and they can't load or run anything.
 */
export function pagePolicy({ nonce, secure, isDevelopment, connectTo }: PagePolicy): string {
  const rules = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    ['connect-src', "'self'", ...connectTo].join(' '),
    "worker-src 'self' blob:",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ];
  return rules.join('; ');
}

/** The policy of answers that are data: nothing in them is ever shown or run. */
export function apiPolicy(): string {
  return "default-src 'none'; frame-ancestors 'none'; sandbox";
}

/** Two years, as browsers' preload lists ask for. */
const HSTS_SECONDS = 63_072_000;

/** What every answer carries beside its policy; HSTS only where https is spoken. */
export function securityHeaders(secure: boolean): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'microphone=(self), camera=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()',
    ...(secure ? { 'strict-transport-security': `max-age=${HSTS_SECONDS}` } : {}),
  };
}
