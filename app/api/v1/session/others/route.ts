import { endedSessionsSchema } from '@/lib/services/identity/schemas';
import { endOtherSessions } from '@/lib/services/identity/sessions';
import { route } from '@/lib/web/route';
import { requireSession } from '@/lib/web/session-caller';

export const DELETE = route({
  summary: 'End all own sessions but this one',
  response: endedSessionsSchema,
})(({ context, caller }) => endOtherSessions(context, requireSession(caller).sessionId));
