import { z } from 'zod';
import { AppError, isAppError } from '@/lib/core/errors';
import { toJson } from './json';
import { etagOf, noneMatches, Reply } from './reply';
import type { NextExtra, RouteDefinition, RouteInput } from './route-types';
import type { WebRuntime } from './runtime';

/** Larger bodies are refused; imports go by upload. */
const MAX_BODY_BYTES = 1_048_576;

/** PostgreSQL and sockets saying that the database can't be reached (SQLSTATE 08, 53, 57P). */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|P1001|P1002|P1017|08\w{3}|53\w{3}|57P\w{2})$/;

/** Parses path, query and body by the definition. Throws INVALID_INPUT with every issue. */
export async function readInput<Definition extends RouteDefinition>(
  definition: Definition,
  request: Request,
  extra: NextExtra,
): Promise<RouteInput<Definition>> {
  const params = definition.params ? await extra.params : undefined;
  const query = definition.query ? queryOf(new URL(request.url).searchParams) : undefined;
  const body = definition.body ? await bodyOf(request) : undefined;
  // The three are parsed by the definition's own schemas, which is what RouteInput says.
  return {
    params: parsePart(definition.params, params, ''),
    query: parsePart(definition.query, query, ''),
    body: parsePart(definition.body, body, ''),
  } as RouteInput<Definition>;
}

function parsePart(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(result.error, where);
}

function invalid(error: z.ZodError, where: string): AppError {
  const issues = error.issues.map((issue) => ({
    path: [where, ...issue.path].filter((part) => part !== '').join('.'),
    message: issue.message,
  }));
  const [first] = issues;
  const place = first?.path ? `${first.path}: ` : '';
  const message = `${place}${first?.message ?? 'the input is not valid'}`;
  return new AppError('INVALID_INPUT', message, { cause: error, meta: { issues } });
}

/** A name given once is a text, one given more often a list. */
function queryOf(search: URLSearchParams): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    query[name] = values.length > 1 ? values : (values[0] ?? '');
  }
  return query;
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await readText(request);
  if (text === '') return {};
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw new AppError('INVALID_INPUT', 'Send the body as application/json.');
  }
  return parseJson(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notJson(cause);
  }
}

function notJson(cause: unknown): AppError {
  return new AppError('INVALID_INPUT', 'The body is not valid JSON.', { cause });
}

async function readText(request: Request): Promise<string> {
  const reader = request.body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const chunk: Uint8Array = part.value;
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) {
      await reader.cancel();
      throw new AppError('INVALID_INPUT', `The body is larger than ${MAX_BODY_BYTES} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Tells a result: parsed by the response schema, with its ETag, 304 where the caller has it. */
export function respond(definition: RouteDefinition, request: Request, result: unknown): Response {
  if (result instanceof Response) return result;
  const told = result instanceof Reply ? result : new Reply(result);
  const status = told.init.status ?? definition.status ?? 200;
  const headers = new Headers(told.init.headers);
  if (told.init.generation !== undefined) {
    const etag = etagOf(told.init.generation);
    headers.set('etag', etag);
    headers.set('cache-control', 'private, no-cache');
    const fresh = ['GET', 'HEAD'].includes(request.method);
    if (fresh && noneMatches(request.headers.get('if-none-match'), etag)) {
      return new Response(null, { status: 304, headers });
    }
  }
  if (status === 204) return new Response(null, { status, headers });
  const parsed = definition.response.safeParse(told.body);
  if (!parsed.success) {
    throw new AppError('INTERNAL', 'a result does not have the promised form', {
      cause: parsed.error,
    });
  }
  headers.set('content-type', 'application/json');
  return new Response(toJson(parsed.data), { status, headers });
}

/** Logs what nobody expected and gives the refusal to tell. */
export function failed(runtime: WebRuntime, error: unknown, requestId: string): unknown {
  if (isAppError(error) && error.code !== 'INTERNAL') return error;
  if (error instanceof z.ZodError) return invalid(error, '');
  runtime.log.error('web.request_failed', { requestId, error });
  if (isUnreachable(error)) {
    const message = 'The database can not be reached just now. Try again in a moment.';
    const meta = { retryAfterSeconds: 5 };
    return new AppError('UNAVAILABLE', message, { cause: error, meta });
  }
  return error;
}

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return typeof error.code === 'string' && UNREACHABLE.test(error.code);
}
