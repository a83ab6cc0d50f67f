import { listEmergencyCalls } from '@/lib/services/emergency/list-emergency-calls';
import {
  emergencyCallPageSchema,
  listEmergencyCallsSchema,
} from '@/lib/services/emergency/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List calls for help',
  permission: 'emergency.read',
  query: listEmergencyCallsSchema,
  response: emergencyCallPageSchema,
})(({ context, input }) => listEmergencyCalls(context, input.query));
