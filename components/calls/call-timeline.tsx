'use client';

import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { Panel } from '@/components/patterns/panel';
import { SegmentTimeline, type TimelineSegment } from '@/components/patterns/timeline';
import type { WireCallDetail } from '@/lib/services/calls/schemas';

/** From dialling to hanging up; set-up is stretched, so times are written out. */
export function CallTimeline({ call }: { call: WireCallDetail }) {
  const t = useTranslations('calls');
  const startMs = Date.parse(call.startedAt);
  const after = (iso: string) =>
    t('timeline.after', { seconds: ((Date.parse(iso) - startMs) / 1_000).toFixed(2) });
  const segments: TimelineSegment[] = [
    {
      id: 'dialled',
      tone: 'dialled',
      share: 14,
      label: t('timeline.dialled'),
      at: <DateTime value={call.startedAt} look="seconds" />,
    },
  ];
  if (call.ringingAt !== null) {
    segments.push({
      id: 'ringing',
      tone: 'ringing',
      share: 16,
      label: t('timeline.ringing'),
      at: after(call.ringingAt),
    });
  }
  if (call.answeredAt !== null) {
    segments.push({
      id: 'answered',
      tone: 'answered',
      share: 70,
      label: t('timeline.answered'),
      at: after(call.answeredAt),
    });
  }
  const who = call.hungUpBy;
  return (
    <Panel>
      <SegmentTimeline
        segments={segments}
        end={{
          label:
            who === null ? t('timeline.ended') : t('timeline.hungUp', { who: t(`page.by.${who}`) }),
          at: <DateTime value={call.endedAt} look="seconds" />,
        }}
      />
    </Panel>
  );
}
