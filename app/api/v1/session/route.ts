import { z } from 'zod';
import { sessionListSchema, switchAccountSchema } from '@/lib/services/identity/schemas';
import { endSession, listSessions } from '@/lib/services/identity/sessions';
import { switchAccount } from '@/lib/services/identity/switch-account';
import { requestHost } from '@/lib/web/hosts';
import { route } from '@/lib/web/route';
import { webRuntime } from '@/lib/web/runtime';
import { requireSession } from '@/lib/web/session-caller';
import { endedCookie } from '@/lib/web/session-token';

export const GET = route({
  summary: 'List the own sessions',
  response: sessionListSchema,
})(({ context, caller }) => listSessions(context, requireSession(caller).sessionId));

export const PATCH = route({
  summary: 'Work in another account that one belongs to',
  body: switchAccountSchema,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, caller, input, request }) => {
  const { domain } = await requestHost(webRuntime(), request.headers);
  const { sessionId } = requireSession(caller);
  const { accountId } = input.body;
  const withinPath = domain?.accountPath ?? null;
  await switchAccount(context, { accountId, sessionId, withinPath });
  return null;
});

export const DELETE = route({
  summary: 'Sign out',
  response: z.null(),
  status: 204,
})(async ({ context, caller, request }) => {
  await endSession(context, requireSession(caller).sessionId);
  const { secure } = await requestHost(webRuntime(), request.headers);
  return new Response(null, { status: 204, headers: { 'set-cookie': endedCookie(secure) } });
});
