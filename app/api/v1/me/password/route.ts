import { z } from 'zod';
import { changePassword } from '@/lib/services/identity/change-password';
import { changePasswordSchema } from '@/lib/services/identity/schemas';
import { route } from '@/lib/web/route';
import { requireSession } from '@/lib/web/session-caller';

export const PUT = route({
  summary: 'Change the own password; other sessions end',
  body: changePasswordSchema,
  response: z.null(),
  status: 204,
  errors: ['RATE_LIMITED'],
})(async ({ context, caller, input }) => {
  await changePassword(context, input.body, requireSession(caller).sessionId);
  return null;
});
