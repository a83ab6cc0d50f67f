'use client';

import { useQuery } from '@tanstack/react-query';
import { callApi } from '@/lib/client/api';
import { listKey } from '@/lib/client/use-list';
import { liveCallPageSchema } from '@/lib/services/calls/schemas';
import type { LiveCall } from '@/lib/services/live/schemas';

const PATH = '/live-calls';
/** Events bring changes at once; this only mends what a lost one left behind. */
const REFRESH_MS = 30_000;

const NONE: readonly LiveCall[] = [];

export interface LiveCalls {
  calls: readonly LiveCall[];
  /** All of them, also those beyond the list. */
  total: number;
  /** Whether the switch has been asked yet. */
  isKnown: boolean;
}

/** Calls that go on now, the newest first. While the switch does not answer, those last known. */
export function useLiveCalls(): LiveCalls {
  const { data } = useQuery({
    queryKey: listKey(PATH, {}),
    queryFn: ({ signal }) => callApi({ path: PATH, response: liveCallPageSchema, signal }),
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  return { calls: data?.items ?? NONE, total: data?.total ?? 0, isKnown: data !== undefined };
}
