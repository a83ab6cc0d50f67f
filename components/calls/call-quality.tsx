'use client';

import { useLocale, useTranslations } from 'next-intl';
import { Panel } from '@/components/patterns/panel';
import { cn } from '@/components/ui/cn';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import type { WireCallDetail } from '@/lib/services/calls/schemas';
import { type HeardFrom, heardFrom } from './media-figures';

/** Above these, people hear it (ITU-T G.107 with G.711: R drops below "satisfied"). */
const LOSS_PERCENT_HEARD = 1;
const JITTER_MS_HEARD = 30;
/** Below, many are dissatisfied (ITU-T G.107 Annex B: R 70). */
const MOS_HEARD = 3.6;
/** A conversation stumbles from 400 ms one way on (ITU-T G.114); most of the way is beyond us. */
const ROUND_TRIP_MS_HEARD = 400;

/** How well each side was heard; nothing where the relay measured nothing. */
export function CallQuality({ call }: { call: WireCallDetail }) {
  const t = useTranslations('calls.quality');
  const sides = heardFrom(call.media);
  if (sides.length === 0) return null;
  const callerLegId = call.legs.find((leg) => leg.seq === 0)?.id;
  const isCaller = (side: HeardFrom, index: number) =>
    callerLegId !== undefined && sides.some((one) => one.legId === callerLegId)
      ? side.legId === callerLegId
      : index === 0;
  return (
    <Panel title={t('title')}>
      <Table>
        <thead>
          <tr>
            <Th>{t('heardFrom')}</Th>
            <Th className="text-end">{t('packets')}</Th>
            <Th className="text-end">{t('loss')}</Th>
            <Th className="text-end">{t('jitter')}</Th>
            <Th className="text-end">{t('roundTrip')}</Th>
            <Th className="text-end">{t('mos')}</Th>
          </tr>
        </thead>
        <tbody>
          {sides.map((side, index) => (
            <QualityRow
              key={side.legId}
              side={side}
              name={t(isCaller(side, index) ? 'caller' : 'callee')}
            />
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function QualityRow({ side, name }: { side: HeardFrom; name: string }) {
  const t = useTranslations('calls.quality');
  const locale = useLocale();
  const isLossy = side.lossPercent > LOSS_PERCENT_HEARD;
  const isFar = (side.roundTripMs ?? 0) > ROUND_TRIP_MS_HEARD;
  const isBad = side.mos !== null && side.mos < MOS_HEARD;
  const isUneven = side.jitterMs > JITTER_MS_HEARD;
  return (
    <Tr>
      <Td className="font-medium">{name}</Td>
      <Td className="text-end">{side.packets.toLocaleString(locale)}</Td>
      <Td className={cn('text-end', isLossy && 'font-medium text-amber-text')}>
        {t('percent', { value: side.lossPercent.toFixed(2) })}
      </Td>
      <Td className={cn('text-end', isUneven && 'font-medium text-amber-text')}>
        {t('milliseconds', { value: side.jitterMs.toFixed(1) })}
      </Td>
      <Td className={cn('text-end', isFar && 'font-medium text-amber-text')}>
        {side.roundTripMs === null
          ? '–'
          : t('milliseconds', { value: Math.round(side.roundTripMs) })}
      </Td>
      <Td className={cn('text-end', isBad && 'font-medium text-amber-text')}>
        {side.mos === null ? '–' : side.mos.toFixed(1)}
      </Td>
    </Tr>
  );
}
