'use client';

import { useTranslations } from 'next-intl';
import { Dot } from '@/components/ui/dot';
import type { BrowserPhone } from '@/lib/client/phone/browser-phone';
import type { CallQuality as Reading } from '@/lib/client/phone/quality';
import { useCallQuality } from './use-call-quality';

/** What people make of it (ITU-T G.107 Annex B: R 80 and 70). */
const GOOD = 4;
const FAIR = 3.6;
const CHART = { width: 84, height: 16 };
const BEST = 4.5;

/** How well the other end is heard, with its last minute as a line; nothing while nothing is heard. */
export function CallQuality({ phone, callId }: { phone: BrowserPhone; callId: string }) {
  const t = useTranslations('softphone.quality');
  const readings = useCallQuality(phone, callId);
  const now = readings.at(-1);
  if (now === undefined) return null;
  const { mos, jitterMs, lossPercent, roundTripMs } = now;
  const grade = mos >= GOOD ? 'good' : mos >= FAIR ? 'fair' : 'poor';
  return (
    <section
      aria-label={t('title')}
      className="flex flex-col gap-1 rounded-panel border border-line p-3 text-small"
    >
      <div className="flex items-center gap-2">
        <Dot tone={grade === 'good' ? 'healthy' : grade === 'fair' ? 'amber' : 'red'} />
        <span className="font-semibold tabular-nums">{mos.toFixed(1)}</span>
        <span className="text-ink-2">{t(grade)}</span>
        <History readings={readings} />
      </div>
      <p className="flex flex-wrap gap-x-3 text-ink-2 tabular-nums">
        <span>{t('jitter', { ms: Math.round(jitterMs) })}</span>
        <span>{t('loss', { percent: lossPercent.toFixed(1) })}</span>
        {roundTripMs !== null && <span>{t('delay', { ms: Math.round(roundTripMs) })}</span>}
      </p>
    </section>
  );
}

function History({ readings }: { readings: readonly Reading[] }) {
  const { width, height } = CHART;
  const step = width / Math.max(1, readings.length - 1);
  const points = readings.map(({ mos }, index) => {
    const y = height - 1 - ((mos - 1) / (BEST - 1)) * (height - 2);
    return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      className="ms-auto fill-none stroke-[1.5] stroke-accent"
    >
      <polyline points={points.join(' ')} />
    </svg>
  );
}
