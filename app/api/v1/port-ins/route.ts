import { createPortIn } from '@/lib/services/port-ins/create-port-in';
import { listPortIns } from '@/lib/services/port-ins/list-port-ins';
import {
  createPortInSchema,
  listPortInsSchema,
  portInPageSchema,
  portInSchema,
} from '@/lib/services/port-ins/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List port-ins',
  permission: 'portIns.read',
  query: listPortInsSchema,
  response: portInPageSchema,
})(({ context, input }) => listPortIns(context, input.query));

export const POST = route({
  summary: 'Begin to bring numbers along from another carrier',
  permission: 'portIns.write',
  body: createPortInSchema,
  response: portInSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'USAGE_EXCEEDS_LIMIT', 'ACCOUNT_SUSPENDED'],
})(async ({ context, input }) => {
  const portIn = await createPortIn(context, input.body);
  return created(portIn, `/api/v1/port-ins/${portIn.id}`);
});
