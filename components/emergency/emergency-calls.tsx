'use client';

import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { Section } from '@/components/patterns/panel';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { useList } from '@/lib/client/use-list';
import { emergencyCallSchema } from '@/lib/services/emergency/schemas';

/** The last calls for help, if there were any: when, from where, which number rings through. */
export function EmergencyCalls() {
  const t = useTranslations('emergency.calls');
  const { rows } = useList({
    path: '/emergency-calls',
    query: { limit: 20 },
    item: emergencyCallSchema,
  });
  if (!rows || rows.length === 0) return null;
  return (
    <Section title={t('title')} note={t('note')} className="mt-6">
      <ul className="divide-y divide-line rounded-panel border border-line">
        {rows.map((call) => (
          <li key={call.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
            <DateTime value={call.startedAt} />
            <span className="font-medium">{call.digits}</span>
            {call.shownNumber !== null && <PhoneNumber value={call.shownNumber} />}
            <span className="text-ink-2">
              {call.location === null
                ? t('noPlace')
                : [call.location['name'], call.location['city']].filter(Boolean).join(', ')}
            </span>
            <span className="ms-auto text-ink-3 text-small">
              {t.rich('until', { time: () => <DateTime value={call.callbackUntil} look="time" /> })}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
