'use client';

import { useTranslations } from 'next-intl';
import { useNow } from '@/components/patterns/use-now';
import { formatSpan } from '@/lib/client/format/duration';
import type { WireBan } from '@/lib/services/bans/schemas';

/** Why somebody is shut out, in words; a ban of the switch's own also how often in a row. */
export function BanCause({ ban }: { ban: WireBan }) {
  const t = useTranslations('bans');
  if (ban.cause === null) return ban.reason;
  return (
    <>
      {t(`causes.${ban.cause}`, { detail: ban.detail })}
      {ban.level > 1 && <span className="text-ink-3"> · {t('repeat', { count: ban.level })}</span>}
    </>
  );
}

/** How long a ban still lasts; counted in the browser, whose clock is the reader's. */
export function BanTimeLeft({ until }: { until: string | null }) {
  const t = useTranslations('bans');
  const nowMs = useNow(10_000);
  if (until === null)
    return <span className="whitespace-nowrap text-ink-2">{t('untilLifted')}</span>;
  if (nowMs === null) return <span className="text-ink-3">–</span>;
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - nowMs) / 1_000));
  return <span className="whitespace-nowrap">{formatSpan(seconds)}</span>;
}
