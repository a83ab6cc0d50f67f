import { requestHost } from '@/lib/web/hosts';
import { buildOpenApi } from '@/lib/web/openapi';
import { webRuntime } from '@/lib/web/runtime';
import { API_ROUTES } from './routes';

/** The API's own description; the same for everybody, so no sign-in is asked for. */
export async function GET(request: Request): Promise<Response> {
  const { origin } = await requestHost(webRuntime(), request.headers);
  return Response.json(buildOpenApi(API_ROUTES, origin), {
    headers: { 'cache-control': 'public, max-age=300' },
  });
}
