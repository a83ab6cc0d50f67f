'use client';

import { useTranslations } from 'next-intl';
import { Panel } from '@/components/patterns/panel';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import type { WireCallDetail, WireLeg } from '@/lib/services/calls/schemas';

/** The caller's leg and every attempt, in order: where, how far, how it ended. */
export function CallLegs({ call }: { call: WireCallDetail }) {
  const t = useTranslations('calls.legs');
  return (
    <Panel title={t('title')} note={t('count', { count: call.legs.length })}>
      {call.legs.length === 0 ? (
        <p className="p-4 text-ink-3">{t('none')}</p>
      ) : (
        <Table>
          <thead>
            <tr>
              <Th>{t('leg')}</Th>
              <Th>{t('where')}</Th>
              <Th className="text-end max-md:hidden">{t('ringing')}</Th>
              <Th className="text-end">{t('answered')}</Th>
              <Th>{t('ended')}</Th>
              <Th className="max-md:hidden">{t('codec')}</Th>
            </tr>
          </thead>
          <tbody>
            {call.legs.map((leg) => (
              <LegRow key={leg.id} leg={leg} />
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function LegRow({ leg }: { leg: WireLeg }) {
  const t = useTranslations('calls.legs');
  const where = [leg.address, leg.transport?.toUpperCase()].filter(Boolean).join(' · ');
  const isFailed = leg.answeredAt === null && leg.sipStatus >= 400 && leg.sipStatus !== 487;
  return (
    <Tr>
      <Td className="whitespace-nowrap font-medium">
        {leg.seq === 0 ? t('caller') : t('attempt', { number: leg.seq })}
      </Td>
      <Td className="w-1/2 max-w-0 truncate max-md:max-w-24">
        {leg.trunk?.name ?? leg.target ?? <span className="text-ink-2">{t('outside')}</span>}
        {where !== '' && <span className="ms-1.5 text-ink-3 text-mono">{where}</span>}
      </Td>
      <Td className="text-end max-md:hidden">
        <Seconds from={leg.startedAt} to={leg.ringingAt} />
      </Td>
      <Td className="text-end">
        <Seconds from={leg.startedAt} to={leg.answeredAt} />
      </Td>
      <Td className={isFailed ? 'text-red-text' : 'text-ink-2'}>
        {leg.sipStatus}
        {leg.q850Cause !== null && (
          <span className="ms-1.5 whitespace-nowrap text-ink-3 text-small max-md:hidden">
            {`Q.850 ${leg.q850Cause}`}
          </span>
        )}
      </Td>
      <Td className="whitespace-nowrap text-ink-2 max-md:hidden">{leg.codec ?? '–'}</Td>
    </Tr>
  );
}

/** How long after the leg began. */
function Seconds({ from, to }: { from: string; to: string | null }) {
  if (to === null) return <span className="text-ink-3">–</span>;
  return (
    <span className="whitespace-nowrap">
      {((Date.parse(to) - Date.parse(from)) / 1_000).toFixed(2)}
      <span className="text-ink-3"> s</span>
    </span>
  );
}
