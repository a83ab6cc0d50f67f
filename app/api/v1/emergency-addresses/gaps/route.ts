import { getEmergencyGaps } from '@/lib/services/emergency/get-emergency-gaps';
import { emergencyGapsSchema } from '@/lib/services/emergency/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Get what stands in the way of calls for help',
  permission: 'emergency.read',
  response: emergencyGapsSchema,
})(({ context }) => getEmergencyGaps(context));
