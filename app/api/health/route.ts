import { checkHealth } from '@/lib/web/health';
import { webRuntime } from '@/lib/web/runtime';

/** 200 while everything works; 503 naming what does not. */
export async function GET(): Promise<Response> {
  const health = await checkHealth(webRuntime());
  const status = health.status === 'ok' ? 200 : 503;
  return Response.json(health, { status, headers: { 'cache-control': 'no-store' } });
}
