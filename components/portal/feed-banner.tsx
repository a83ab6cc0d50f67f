'use client';

import { LogOut } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { FeedLost } from '@/components/patterns/feed-lost';
import { Notice } from '@/components/ui/notice';
import { retryLive, useLiveState } from '@/lib/client/use-live';

/** Above a page whose live values stand still: since when, and the way back. Nothing otherwise. */
export function FeedBanner() {
  const t = useTranslations('portal');
  const state = useLiveState();
  if (state.kind === 'lost') {
    return (
      <div className="-mx-8 -mt-5 mb-5 max-md:-mx-4 max-md:-mt-3 max-md:mb-3">
        <FeedLost since={state.since} onRetry={retryLive} />
      </div>
    );
  }
  if (state.kind !== 'ended') return null;
  return (
    <div className="-mx-8 -mt-5 mb-5 max-md:-mx-4 max-md:-mt-3 max-md:mb-3">
      <Notice
        tone="amber"
        shape="banner"
        icon={<LogOut aria-hidden />}
        aside={
          <button
            type="button"
            onClick={() => window.location.reload()}
            className="rounded-badge font-semibold underline underline-offset-2"
          >
            {t('reload')}
          </button>
        }
      >
        {t.rich('feedEnded', {
          b: (chunks) => <strong className="font-semibold">{chunks}</strong>,
        })}
      </Notice>
    </div>
  );
}
