'use client';

import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { LiveFeed, type LiveNews, type LiveState } from './live-feed';
import { pathsTouched } from './live-paths';

const CONNECTING: LiveState = { kind: 'connecting' };
/** Many events in a row (a hundred calls) become one request for each list. */
const GATHER_MS = 250;
/** Bindings and calls are written in groups just after they were told: asked for once more. */
const AFTERWARDS_MS = 1_200;

let shared: LiveFeed | null = null;

/** The feed of this page; in a browser only. */
function feed(): LiveFeed {
  if (shared) return shared;
  const made = new LiveFeed({
    open: () => new EventSource('/api/live'),
    nowMs: () => Date.now(),
    later: (run, afterMs) => {
      const timer = setTimeout(run, afterMs);
      return () => clearTimeout(timer);
    },
  });
  document.addEventListener('visibilitychange', () => made.setHidden(document.hidden));
  shared = made;
  return made;
}

const watch = (onChange: () => void) => feed().watch(onChange);
const current = () => feed().current();

/** Whether what is shown is now, and since when it is not. All readers share one stream. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(watch, current, () => CONNECTING);
}

/** Whether live values are old: they stay and fade. */
export function useIsStale(): boolean {
  const { kind } = useLiveState();
  return kind === 'lost' || kind === 'ended';
}

/** Tries to reconnect at once. */
export function retryLive(): void {
  feed().retry();
}

/** Hands over each live event, and "resync" after a gap. */
export function useLiveEvents(onNews: (news: LiveNews) => void): void {
  const take = useEffectEvent(onNews);
  useEffect(() => feed().read((news) => take(news)), []);
}

/**
 * Keeps what was fetched fresh: what an event names is fetched again, and after a gap everything
 * is. Once a page, in its frame.
 */
export function useLiveRefresh(): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    const gathered = new Set<string>();
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const later = (run: () => void, afterMs: number) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        run();
      }, afterMs);
      timers.add(timer);
    };
    const flush = () => {
      const paths = [...gathered];
      gathered.clear();
      const ask = () => {
        for (const path of paths) refresh(queryClient, path);
      };
      ask();
      later(ask, AFTERWARDS_MS);
    };
    const leave = feed().read((news) => {
      if (news.type === 'resync') {
        void queryClient.invalidateQueries();
        return;
      }
      if (gathered.size === 0) later(flush, GATHER_MS);
      for (const path of pathsTouched(news)) gathered.add(path);
    });
    return () => {
      leave();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [queryClient]);
}

/** Fetches again what was fetched from a path or below it, where it is shown. */
function refresh(queryClient: QueryClient, path: string): void {
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [, fetched] }) =>
      fetched === path || (typeof fetched === 'string' && fetched.startsWith(`${path}/`)),
  });
}
