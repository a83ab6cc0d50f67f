'use client';

import { useSyncExternalStore } from 'react';

/** Below this the page has one column, and rows have two lines. */
const QUERY = '(max-width: 767.98px)';

function subscribe(onChange: () => void): () => void {
  const media = matchMedia(QUERY);
  media.addEventListener('change', onChange);
  return () => media.removeEventListener('change', onChange);
}

/** Whether the window is as narrow as a phone; a server takes it for wide. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => matchMedia(QUERY).matches,
    () => false,
  );
}
