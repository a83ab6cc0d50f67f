import { getSwitchStatus } from '@/lib/services/health/get-switch-status';
import { switchStatusSchema } from '@/lib/services/health/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: "Get the switch's vital signs",
  permission: 'switch.read',
  response: switchStatusSchema,
  errors: ['UNAVAILABLE', 'TIMEOUT'],
})(({ context }) => getSwitchStatus(context, controlClient()));
