import { createTenant } from '@/lib/services/tenants/create-tenant';
import { listTenants } from '@/lib/services/tenants/list-tenants';
import {
  createTenantSchema,
  listTenantsSchema,
  tenantPageSchema,
  tenantSchema,
} from '@/lib/services/tenants/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List tenants',
  permission: 'tenants.read',
  query: listTenantsSchema,
  response: tenantPageSchema,
})(({ context, input }) => listTenants(context, input.query));

export const POST = route({
  summary: 'Create a tenant: a SIP domain of an account',
  permission: 'tenants.write',
  body: createTenantSchema,
  response: tenantSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const tenant = await createTenant(context, input.body);
  return created(tenant, `/api/v1/tenants/${tenant.id}`);
});
