import * as apiKey from '@/app/api/v1/api-keys/[id]/route';
import * as apiKeys from '@/app/api/v1/api-keys/route';
import * as password from '@/app/api/v1/me/password/route';
import * as me from '@/app/api/v1/me/route';
import * as sessionById from '@/app/api/v1/session/[id]/route';
import * as otherSessions from '@/app/api/v1/session/others/route';
import * as session from '@/app/api/v1/session/route';
import * as setup from '@/app/api/v1/setup/route';
import type { RouteModule } from '@/lib/web/openapi';

/** Every route of /api/v1 by its path; a test compares this list with the folder. */
export const API_ROUTES: Readonly<Record<string, RouteModule>> = {
  '/api/v1/api-keys': apiKeys,
  '/api/v1/api-keys/[id]': apiKey,
  '/api/v1/me': me,
  '/api/v1/me/password': password,
  '/api/v1/session': session,
  '/api/v1/session/[id]': sessionById,
  '/api/v1/session/others': otherSessions,
  '/api/v1/setup': setup,
};
