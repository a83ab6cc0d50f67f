import { listRecordings } from '@/lib/services/recordings/list-recordings';
import { listRecordingsSchema, recordingPageSchema } from '@/lib/services/recordings/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List recordings',
  description: "Of your own account's calls, the newest first.",
  permission: 'recordings.read',
  query: listRecordingsSchema,
  response: recordingPageSchema,
})(({ context, input }) => listRecordings(context, input.query));
