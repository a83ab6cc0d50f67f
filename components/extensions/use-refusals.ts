'use client';

import { useState } from 'react';
import { useLiveEvents } from '@/lib/client/use-live';
import type { RefusedAttempts } from './queries';

/** Phones that were turned away while this page was open, by extension; a success clears them. */
export function useRefusals(): ReadonlyMap<string, RefusedAttempts> {
  const [refusals, setRefusals] = useState<ReadonlyMap<string, RefusedAttempts>>(new Map());
  useLiveEvents((news) => {
    if (news.type === 'registration.refused') {
      const { extensionId, at, address, reason } = news;
      setRefusals((before) => {
        const count = (before.get(extensionId)?.count ?? 0) + 1;
        return new Map(before).set(extensionId, { count, at, address, reason });
      });
    }
    if (news.type === 'registration.changed' && news.registered) {
      setRefusals((before) => {
        const left = new Map(before);
        left.delete(news.extensionId);
        return left;
      });
    }
  });
  return refusals;
}
