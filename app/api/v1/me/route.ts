import { getMe } from '@/lib/services/identity/get-me';
import { meSchema } from '@/lib/services/identity/schemas';
import { requestHost } from '@/lib/web/hosts';
import { route } from '@/lib/web/route';
import { webRuntime } from '@/lib/web/runtime';

export const GET = route({
  summary: 'Who is asking, in which account, and what they may do there',
  response: meSchema,
})(async ({ context, request }) => {
  const host = await requestHost(webRuntime(), request.headers);
  return getMe(context, host.domain?.accountPath ?? null);
});
