'use client';

import { useEffect, useState } from 'react';
import type { BrowserPhone } from '@/lib/client/phone/browser-phone';
import { type CallQuality, type HeardCounters, qualityBetween } from '@/lib/client/phone/quality';

const LOOK_MS = 2_000;
/** What the line behind the figures reaches back to. */
const KEPT = 30;

const NOTHING: readonly CallQuality[] = [];

/** How well a call is heard, the latest last; empty while nothing is. */
export function useCallQuality(phone: BrowserPhone, callId: string): readonly CallQuality[] {
  const [readings, setReadings] = useState(NOTHING);
  useEffect(() => {
    let before: HeardCounters | null = null;
    let isOver = false;
    const look = async () => {
      const now = await phone.heard(callId).catch(() => null);
      if (isOver || now === null) return;
      const quality = qualityBetween(before, now);
      before = now;
      if (quality) setReadings((kept) => [...kept, quality].slice(-KEPT));
    };
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [phone, callId]);
  return readings;
}
