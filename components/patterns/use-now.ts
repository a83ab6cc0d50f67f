'use client';

import { useEffect, useState } from 'react';

/**
 * The wall clock, in Unix milliseconds, once in `everyMs`; null until the page lives in a browser,
 * because a server's clock is not the reader's.
 */
export function useNow(everyMs = 1_000): number | null {
  const [nowMs, setNowMs] = useState<number | null>(null);
  useEffect(() => {
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
