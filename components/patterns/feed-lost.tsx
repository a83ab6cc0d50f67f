'use client';

import { WifiOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Notice } from '@/components/ui/notice';
import { DateTime } from './date-time';

export interface FeedLostProps {
  /** ISO 8601: when the last event came. */
  since: string;
  onRetry: () => void;
}

/** Live updates stopped: since when, and that what is shown is from then. */
export function FeedLost({ since, onRetry }: FeedLostProps) {
  const t = useTranslations('patterns');
  return (
    <Notice
      tone="amber"
      shape="banner"
      icon={<WifiOff aria-hidden />}
      aside={
        <button
          type="button"
          onClick={onRetry}
          className="rounded-badge font-semibold underline underline-offset-2"
        >
          {t('feedRetry')}
        </button>
      }
    >
      {t.rich('feedLost', {
        time: () => <DateTime value={since} look="seconds" className="font-semibold" />,
        b: (chunks) => <strong className="font-semibold">{chunks}</strong>,
      })}
    </Notice>
  );
}
