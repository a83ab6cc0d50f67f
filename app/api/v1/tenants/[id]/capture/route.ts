import { z } from 'zod';
import { getCapture } from '@/lib/services/traces/get-capture';
import { captureSchema, setCaptureSchema } from '@/lib/services/traces/schemas';
import { setCapture } from '@/lib/services/traces/set-capture';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: "Get whether a tenant's signalling is kept",
  permission: 'tenants.read',
  params,
  response: captureSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getCapture(context, input.params.id));

export const PUT = route({
  summary: "Set whether a tenant's signalling is kept, and for how long",
  permission: 'tenants.capture',
  params,
  body: setCaptureSchema,
  response: captureSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => setCapture(context, input.params.id, input.body));
