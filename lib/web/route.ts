import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { type Admission, authenticate } from './authenticate';
import { corsHeaders } from './cors';
import { runOnce } from './idempotency';
import { keyUsed } from './key-usage';
import { limitCaller, limitStranger } from './limits';
import { problemResponse } from './problem';
import { FILE_TYPE } from './read-upload';
import { clientAddress, HOST_HEADER, isSecure, stampsAreReal } from './request-facts';
import { failed, readInput, respond } from './route-io';
import type {
  NextExtra,
  NextRoute,
  PublicCall,
  RouteCall,
  RouteDefinition,
  RouteResult,
} from './route-types';
import { type WebRuntime, webRuntime } from './runtime';
import { apiPolicy, securityHeaders } from './security-headers';

/**
 * Makes the handler of one method of an /api/v1 route. The wrapper authenticates (API key and
 * address, or session and CSRF), limits the rate, checks the permission, parses the input, replays
 * by Idempotency-Key and tells results and refusals; the handler calls one verb.
 *
 *     export const GET = route({ summary: 'List numbers', permission: 'numbers.read', query, response })(
 *       ({ context, input }) => listNumbers(context, input.query),
 *     );
 */
export function route<const Definition extends RouteDefinition>(definition: Definition) {
  return (
    handler: (call: RouteCall<Definition>) => Promise<RouteResult<Definition>>,
  ): NextRoute<Definition> => {
    const serve = (request: Request, extra: NextExtra) =>
      answer(request, async ({ runtime, requestId, headers }) => {
        const admission = await admit(runtime, request, { requestId, headers });
        const context = contextFor(runtime, admission);
        if (definition.permission) authorize(context, definition.permission);
        const input = await readInput(definition, request, extra);
        const { caller } = admission;
        return runOnce({ runtime, request, definition, caller, body: input.body }, async () => {
          const result = await handler({ context, caller, input, request, requestId });
          return respond(definition, request, result);
        });
      });
    return Object.assign(serve, { definition });
  };
}

/** Like `route`, for the few endpoints that anybody may call; limited by address. */
export function publicRoute<const Definition extends RouteDefinition>(definition: Definition) {
  return (
    handler: (call: PublicCall<Definition>) => Promise<RouteResult<Definition>>,
  ): NextRoute<Definition & { readonly open: true }> => {
    const serve = (request: Request, extra: NextExtra) =>
      answer(request, async ({ runtime, requestId, headers }) => {
        const address = clientAddress(request.headers, runtime.settings.trustedProxies);
        limitStranger(runtime, address, headers);
        const input = await readInput(definition, request, extra);
        const result = await handler({ runtime, input, request, requestId, address });
        return respond(definition, request, result);
      });
    return Object.assign(serve, { definition: { ...definition, open: true as const } });
  };
}

/** What verbs get for an admitted caller. */
export function contextFor(runtime: WebRuntime, admission: Admission): ServiceContext {
  const { database, clock, sealer } = runtime;
  return { database, clock, sealer, actor: admission.actor };
}

interface Telling {
  readonly requestId: string;
  /** For the answer, whatever it will be. */
  readonly headers: Headers;
}

async function answer(
  request: Request,
  work: (telling: Telling & { readonly runtime: WebRuntime }) => Promise<Response>,
): Promise<Response> {
  const runtime = webRuntime();
  const requestId = newId(runtime.clock.nowMs());
  const headers = corsHeaders(request.headers, runtime.settings.corsOrigins);
  headers.set('x-request-id', requestId);
  let response: Response;
  try {
    response = await work({ runtime, requestId, headers });
  } catch (error) {
    response = problemResponse(failed(runtime, error, requestId), requestId);
  }
  for (const [name, value] of headers) response.headers.set(name, value);
  if (isFileUpload(request)) setPolicy(runtime, request, response);
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
  return response;
}

/** Files don't pass by proxy.ts, which sets these headers otherwise. */
const isFileUpload = (request: Request): boolean =>
  request.headers.get('content-type') === FILE_TYPE;

function setPolicy({ settings }: WebRuntime, request: Request, response: Response): void {
  const host = request.headers.get(stampsAreReal() ? HOST_HEADER : 'host') ?? '';
  const secure = isSecure(request.headers, host, settings.publicUrl);
  response.headers.set('content-security-policy', apiPolicy());
  for (const [name, value] of Object.entries(securityHeaders(secure))) {
    response.headers.set(name, value);
  }
}

async function admit(runtime: WebRuntime, request: Request, telling: Telling): Promise<Admission> {
  let admission: Admission;
  try {
    admission = await authenticate(runtime, request, telling.requestId);
  } catch (error) {
    const address = clientAddress(request.headers, runtime.settings.trustedProxies);
    limitStranger(runtime, address, telling.headers);
    throw error;
  }
  limitCaller(runtime, admission.caller, telling.headers);
  if (admission.caller.kind === 'api_key') keyUsed(runtime, admission.caller.keyId);
  return admission;
}
