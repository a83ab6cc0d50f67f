import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { sharedProduct } from './browser-product';

/** People of the lab, by the name before the "@" of their mail address. */
export type Person =
  | 'operator'
  | 'reseller'
  | 'subreseller'
  | 'acme'
  | 'birch'
  | 'cedar'
  | 'reader'
  | 'developer';

export const PASSWORD = 'Lab-password-1';
export const SESSION_COOKIE = 'tollbridge.session';

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly cookie?: string;
  /** Host header, where it is not that of the address. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request, byte for byte as told: no redirects followed, any Host header. */
export function ask(url: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', cookie, host, body } = asking;
  const headers: Record<string, string> = {
    ...(cookie === undefined ? {} : { cookie }),
    ...(host === undefined ? {} : { host }),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...asking.headers,
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

export interface SessionPlace {
  readonly origin: string;
  /** Host header, where it is not that of the origin. */
  readonly host?: string;
  readonly password?: string;
}

/** Signs in as the page does. Returns the session's cookie, "name=value". */
export async function openSession(
  email: string,
  { origin, host, password = PASSWORD }: SessionPlace,
): Promise<string> {
  const to = host === undefined ? {} : { host };
  const csrf = await ask(`${origin}/api/auth/csrf`, to);
  const { csrfToken } = JSON.parse(csrf.text) as { csrfToken: string };
  const form = new URLSearchParams({ csrfToken, json: 'true', email, password });
  const answer = await ask(`${origin}/api/auth/callback/credentials`, {
    ...to,
    method: 'POST',
    cookie: cookiesOf(csrf).join('; '),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  const session = cookiesOf(answer).find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`));
  if (session === undefined) throw new Error(`${email} was not let in: ${answer.text}`);
  return session;
}

function cookiesOf(answer: Answer): string[] {
  return (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0] ?? '');
}

const sessions = new Map<string, Promise<string>>();

/** The cookie of a person's session, opened once for a test file and host. */
export function signIn(person: Person, origin = sharedProduct().ready.web): Promise<string> {
  const key = `${person} ${origin}`;
  const open = sessions.get(key) ?? openSession(`${person}@lab.test`, { origin });
  sessions.set(key, open);
  return open;
}

/** A GET of the API, as a person. */
export async function getApi<T = unknown>(person: Person, path: string): Promise<T> {
  const { web } = sharedProduct().ready;
  const answer = await ask(`${web}/api/v1${path}`, { cookie: await signIn(person) });
  if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as T;
}

/** A live stream as it comes in. */
export interface LiveStream {
  /** What has come so far. */
  readonly read: () => string;
  readonly stop: () => void;
}

/** Opens the live stream of a person and waits until it flows. */
export async function openLive(person: Person): Promise<LiveStream> {
  const cookie = await signIn(person);
  const { web } = sharedProduct().ready;
  return new Promise((resolve, reject) => {
    let text = '';
    const sent = httpRequest(`${web}/api/live`, { headers: { cookie } }, (response) => {
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        resolve({ read: () => text, stop: () => sent.destroy() });
      });
      // Cut off by stop().
      response.once('error', () => undefined);
    });
    sent.once('error', reject);
    sent.end();
  });
}
