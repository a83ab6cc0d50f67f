import { numberSettingsSchema, updateNumberSettingsSchema } from '@/lib/services/numbers/schemas';
import { getNumberSettings, updateNumberSettings } from '@/lib/services/numbers/settings';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Get how the own stock of numbers is kept',
  permission: 'numbers.sell',
  response: numberSettingsSchema,
})(({ context }) => getNumberSettings(context));

export const PATCH = route({
  summary: 'Change how long numbers rest after use, and how long one may be reserved',
  permission: 'numbers.sell',
  body: updateNumberSettingsSchema,
  response: numberSettingsSchema,
})(({ context, input }) => updateNumberSettings(context, input.body));
