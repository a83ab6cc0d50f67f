import { z } from 'zod';
import { setTenantSoundsSchema, tenantSoundsSchema } from '@/lib/services/sounds/schemas';
import { getTenantSounds, setTenantSounds } from '@/lib/services/sounds/tenant-sounds';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: "Get what a tenant's phones, and those whom they hold, hear of the switch",
  permission: 'sounds.read',
  params,
  response: tenantSoundsSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getTenantSounds(context, input.params.id));

export const PATCH = route({
  summary: 'Set whether refusals are explained, and the music of whoever is held',
  permission: 'sounds.write',
  params,
  body: setTenantSoundsSchema,
  response: tenantSoundsSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => setTenantSounds(context, input.params.id, input.body));
