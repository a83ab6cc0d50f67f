import { z } from 'zod';
import { getRecordingSettings } from '@/lib/services/recordings/get-settings';
import {
  recordingSettingsSchema,
  setRecordingSettingsSchema,
} from '@/lib/services/recordings/schemas';
import { setRecordingSettings } from '@/lib/services/recordings/set-settings';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';
import { webRuntime } from '@/lib/web/runtime';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: "Get how a tenant's calls are recorded",
  permission: 'tenants.read',
  params,
  response: recordingSettingsSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) =>
  getRecordingSettings(context, input.params.id, webRuntime().settings.canRecord),
);

export const PATCH = route({
  summary: "Change how a tenant's calls are recorded",
  permission: 'tenants.recording',
  params,
  body: setRecordingSettingsSchema,
  response: recordingSettingsSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) =>
  setRecordingSettings(context, input.params.id, {
    input: input.body,
    canRecord: webRuntime().settings.canRecord,
  }),
);
