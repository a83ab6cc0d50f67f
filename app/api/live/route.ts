import { handleLive } from '@/lib/web/live-stream';

/** Server-sent events of the caller's subtree; hints to fetch again, see services/live/schemas. */
export const GET = handleLive;
