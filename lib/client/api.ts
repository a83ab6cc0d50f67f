import type { z } from 'zod';
import { CSRF_HEADER } from '@/lib/services/identity/schemas';
import { ApiProblem, readProblem } from './api-problem';

const BASE = '/api/v1';

export type QueryValue = string | number | boolean | null | undefined;

export interface ApiRequest<Response extends z.ZodType> {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1, with a leading slash. */
  path: string;
  query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON; a file as it is. */
  body?: unknown;
  /** What is expected; leave out where 204 answers. */
  response?: Response;
  /** Makes a repeated write happen once. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** A path and its query, empty values left out: the same text for the same request. */
export function apiUrl(path: string, query: ApiRequest<z.ZodType>['query'] = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return `${BASE}${path}${text === '' ? '' : `?${text}`}`;
}

/**
 * Speaks to the public API with the session's cookie. Throws ApiProblem for every refusal and
 * failure, status 0 when nothing answered.
 */
export async function callApi<Response extends z.ZodType>(
  request: ApiRequest<Response>,
): Promise<z.output<Response>> {
  const response = await send(request);
  if (!response.ok) throw await readProblem(response);
  if (!request.response || response.status === 204) return undefined as z.output<Response>;
  return request.response.parse(await response.json());
}

async function send<Response extends z.ZodType>(request: ApiRequest<Response>) {
  const { method = 'GET', path, query, body, idempotencyKey, signal } = request;
  const headers = new Headers({ accept: 'application/json', [CSRF_HEADER]: '1' });
  const isFile = body instanceof Blob;
  if (isFile) headers.set('content-type', 'application/octet-stream');
  else if (body !== undefined) headers.set('content-type', 'application/json');
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  try {
    return await fetch(apiUrl(path, query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiProblem('The server cannot be reached.', {
      status: 0,
      code: 'UNAVAILABLE',
      requestId: null,
      cause,
    });
  }
}
