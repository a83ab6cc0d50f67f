import type { z } from 'zod';
import type { ErrorCode } from '@/lib/core/errors';
import type { Permission } from '@/lib/services/access/roles';
import type { ServiceContext } from '@/lib/services/context';
import type { Reply } from './reply';
import type { WebRuntime } from './runtime';

/** What a route promises: the source of its checks and of its entry in the OpenAPI document. */
export interface RouteDefinition {
  /** One line, in the imperative: "List extensions". */
  readonly summary: string;
  readonly description?: string;
  /** What the caller's role must hold; absent: whoever is signed in. */
  readonly permission?: Permission;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** What is sent: results are parsed by it, so nothing beyond it can leak. */
  readonly response: z.ZodType;
  /** 200 unless told; 204 sends no body. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Whether an Idempotency-Key is taken; 'required' asks it of API keys, browsers may leave it out. */
  readonly idempotency?: 'required' | 'optional';
  /** Refusals beyond those any route may give. */
  readonly errors?: readonly ErrorCode[];
}

type Parsed<Definition, Part extends 'params' | 'query' | 'body'> = Definition extends {
  readonly [name in Part]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;

/** The parsed parts of a request; undefined where the definition has no schema for one. */
export interface RouteInput<Definition> {
  readonly params: Parsed<Definition, 'params'>;
  readonly query: Parsed<Definition, 'query'>;
  readonly body: Parsed<Definition, 'body'>;
}

/** Who was let in: by which key, or in which session. */
export type Caller =
  | { readonly kind: 'api_key'; readonly keyId: string }
  | { readonly kind: 'session'; readonly sessionId: string; readonly userId: string };

/** What a route's handler gets: everything checked, nothing left to parse. */
export interface RouteCall<Definition> {
  readonly context: ServiceContext;
  readonly caller: Caller;
  readonly input: RouteInput<Definition>;
  readonly request: Request;
  readonly requestId: string;
}

/** A result in the response schema's form; a Reply to set status or generation; or a raw Response. */
export type RouteResult<Definition extends { readonly response: z.ZodType }> =
  | z.input<Definition['response']>
  | Reply<z.input<Definition['response']>>
  | Response;

/** What a public route's handler gets: no one is signed in. */
export interface PublicCall<Definition> {
  readonly runtime: WebRuntime;
  readonly input: RouteInput<Definition>;
  readonly request: Request;
  readonly requestId: string;
  readonly address: string | null;
}

/** The second argument of Next's route handlers. */
export interface NextExtra {
  params: Promise<Record<string, string | string[] | undefined>>;
}

/** What Next calls; the definition stays on it for the OpenAPI document. */
export interface NextRoute<Definition> {
  (request: Request, extra: NextExtra): Promise<Response>;
  readonly definition: Definition;
}
