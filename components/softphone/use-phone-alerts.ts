'use client';

import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { showNumber } from '@/lib/client/format/phone';
import { toneFor } from '@/lib/client/phone/calls';
import type { PhoneDesk } from './phone-context';
import { playTone, ring } from './tones';

/** What tells of a call: a ring, the tab's title and a notification here, the network's tones of there. */
export function usePhoneAlerts(desk: PhoneDesk | null): void {
  const t = useTranslations('softphone');
  const ringing = desk?.snapshot.calls.find(({ stage }) => stage === 'incoming');
  const who = ringing && (ringing.peer.name ?? showNumber(ringing.peer.number).text);
  const tone = desk ? toneFor(desk.snapshot.calls) : null;
  const country = desk?.snapshot.country ?? '';
  useEffect(() => (tone === null ? undefined : playTone(tone, country)), [tone, country]);
  useEffect(() => {
    if (who === undefined) return;
    const silence = ring();
    const before = document.title;
    document.title = t('ringsTitle', { who });
    const isAway = document.hidden && 'Notification' in window;
    const note =
      isAway && Notification.permission === 'granted'
        ? new Notification(t('stages.incoming'), { body: who, tag: 'incoming-call' })
        : undefined;
    if (note) note.onclick = () => window.focus();
    return () => {
      silence();
      document.title = before;
      note?.close();
    };
  }, [who, t]);
}
