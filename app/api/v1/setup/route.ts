import { setupResultSchema, setupSchema } from '@/lib/services/identity/schemas';
import { completeSetup } from '@/lib/services/identity/setup';
import { publicRoute } from '@/lib/web/route';

export const POST = publicRoute({
  summary: 'Set up the installation by its one-time link',
  body: setupSchema,
  response: setupResultSchema,
  status: 201,
  errors: ['GONE', 'CONFLICT'],
})(({ runtime, input, address, requestId }) =>
  completeSetup(runtime, input.body, { address, requestId }),
);
