import { z } from 'zod';
import { getTenant } from '@/lib/services/tenants/get-tenant';
import { tenantSchema, updateTenantSchema } from '@/lib/services/tenants/schemas';
import { updateTenant } from '@/lib/services/tenants/update-tenant';
import { idSchema } from '@/lib/services/wire/schemas';
import { reply } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a tenant',
  permission: 'tenants.read',
  params,
  response: tenantSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getTenant(context, input.params.id));

export const PATCH = route({
  summary: 'Change a tenant: country, state, what may be called',
  permission: 'tenants.write',
  params,
  body: updateTenantSchema,
  response: tenantSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const tenant = await updateTenant(context, input.params.id, input.body);
  return reply(tenant, { generation: tenant.generation });
});
