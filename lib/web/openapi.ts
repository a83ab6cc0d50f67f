import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '@/lib/core/errors';
import { IDEMPOTENCY_HOURS } from '@/lib/services/api-keys/idempotency';
import { PROBLEMS } from './problem';
import type { RouteDefinition } from './route-types';

/** The methods that a route file may export. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** A route file as it is imported: its handlers carry their definitions. */
export type RouteModule = Readonly<
  Partial<Record<(typeof METHODS)[number], { readonly definition: RouteDefinition }>>
>;

type Json = Readonly<Record<string, unknown>>;

/** Refusals that any route may give. */
const COMMON: readonly ErrorCode[] = ['INVALID_INPUT', 'RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL'];
const ADMISSION: readonly ErrorCode[] = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'ADDRESS_NOT_ALLOWED',
  'CSRF_FAILED',
];
const IDEMPOTENCY: readonly ErrorCode[] = ['IDEMPOTENCY_IN_FLIGHT', 'IDEMPOTENCY_KEY_REUSED'];

/**
 * The OpenAPI 3.1 document of routes by path ("/api/v1/calls/[id]"). Its schemas are the very zod
 * schemas that requests are parsed and answers checked by.
 */
export function buildOpenApi(routes: Readonly<Record<string, RouteModule>>, origin: string): Json {
  const paths: Record<string, Json> = {};
  for (const [path, module] of Object.entries(routes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const item: Record<string, Json> = {};
    for (const method of METHODS) {
      const definition = module[method]?.definition;
      if (definition) item[method.toLowerCase()] = operation(path, method, definition);
    }
    paths[path.replace(/\[([^\]]+)\]/g, '{$1}')] = item;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tollbridge API',
      version: '1',
      description: INTRODUCTION,
    },
    servers: [{ url: origin }],
    security: [{ apiKey: [] }, { session: [] }],
    paths,
    components: { securitySchemes: SECURITY, schemas: { Problem: problemSchema() } },
  };
}

const INTRODUCTION = [
  'What the portal can do, this API can do: the portal itself speaks it.',
  'Machines send `Authorization: Bearer tb_…` from an address that the key allows.',
  'Money is a decimal string with its currency, never a JSON number. Times are UTC, ISO 8601.',
  'Lists take `limit` and the `cursor` that the page before gave as `nextCursor`.',
  `An Idempotency-Key makes a write happen once; its answer is replayed for ${IDEMPOTENCY_HOURS} hours.`,
  'Requests are limited per key; see the RateLimit headers. Refusals are problem+json (RFC 9457).',
].join('\n\n');

const SECURITY: Json = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'Key and address, both.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'tollbridge.session',
    description:
      'The portal itself; writes also need the x-portal-csrf header and a same-site origin.',
  },
};

function operation(path: string, method: string, definition: RouteDefinition): Json {
  const isOpen = 'open' in definition && definition.open === true;
  const { summary, description, permission, body } = definition;
  return {
    operationId: operationId(path, method),
    tags: [path.split('/')[3] ?? 'api'],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(permission === undefined ? {} : { 'x-permission': permission }),
    ...(isOpen ? { security: [] } : {}),
    parameters: parametersOf(definition),
    ...(body ? { requestBody: { required: true, content: jsonContent(body, 'input') } } : {}),
    responses: responsesOf(definition, isOpen),
  };
}

/** "/api/v1/api-keys/[id]" and GET → "getApiKeysById". */
function operationId(path: string, method: string): string {
  const words = path
    .split('/')
    .slice(3)
    .flatMap((part) => (part.startsWith('[') ? ['by', part.slice(1, -1)] : part.split(/[-.]/)));
  const name = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
  return `${method.toLowerCase()}${name}`;
}

function parametersOf(definition: RouteDefinition): readonly Json[] {
  const header = {
    name: 'Idempotency-Key',
    in: 'header',
    required: definition.idempotency === 'required',
    schema: { type: 'string', maxLength: 255 },
  };
  return [
    ...namedParts(definition.params, 'path'),
    ...namedParts(definition.query, 'query'),
    ...(definition.idempotency === undefined ? [] : [header]),
  ];
}

function namedParts(schema: z.ZodType | undefined, place: 'path' | 'query'): readonly Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input');
  return Object.entries(properties as Json).map(([name, part]) => ({
    name,
    in: place,
    required: place === 'path' || (required as readonly string[]).includes(name),
    schema: part,
  }));
}

function responsesOf(definition: RouteDefinition, isOpen: boolean): Json {
  const status = definition.status ?? 200;
  const content = status === 204 ? {} : { content: jsonContent(definition.response, 'output') };
  const codes = new Set<ErrorCode>([
    ...COMMON,
    ...(isOpen ? [] : ADMISSION),
    ...(definition.idempotency === undefined ? [] : IDEMPOTENCY),
    ...(definition.errors ?? []),
  ]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status: problemStatus } = PROBLEMS[code];
    byStatus.set(problemStatus, [...(byStatus.get(problemStatus) ?? []), code]);
  }
  const refusals = [...byStatus].map(([problemStatus, list]) => [
    String(problemStatus),
    { description: list.join(', '), content: PROBLEM_CONTENT },
  ]);
  return { [String(status)]: { description: 'Done', ...content }, ...Object.fromEntries(refusals) };
}

const PROBLEM_CONTENT: Json = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

function problemSchema(): Json {
  const text = { type: 'string' };
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      detail: { ...text, description: 'Written for the person who reads it' },
      code: { ...text, enum: ERROR_CODES },
      requestId: text,
      issues: {
        type: 'array',
        items: { type: 'object', properties: { path: text, message: text } },
      },
    },
  };
}

function jsonContent(schema: z.ZodType, io: 'input' | 'output'): Json {
  return { 'application/json': { schema: toSchema(schema, io) } };
}

/** OpenAPI 3.1 takes JSON Schema 2020-12 as it is. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
