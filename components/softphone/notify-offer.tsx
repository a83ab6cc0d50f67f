'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';

/** Whether the browser may be asked; it is asked once, at a touch (Notifications API, §3.4). */
const isOpen = (): boolean => 'Notification' in window && Notification.permission === 'default';

/** Offers that calls are told of while the page is out of sight; nothing once that is settled. */
export function NotifyOffer() {
  const t = useTranslations('softphone.notify');
  const [isOffered, setOffered] = useState(false);
  useEffect(() => setOffered(isOpen()), []);
  if (!isOffered) return null;
  return (
    <div className="flex items-center gap-3 border-line border-b p-4 text-small">
      <p className="min-w-0 flex-1 text-ink-2">{t('why')}</p>
      <Button
        size="sm"
        onClick={() => void Notification.requestPermission().then(() => setOffered(isOpen()))}
      >
        {t('allow')}
      </Button>
    </div>
  );
}
