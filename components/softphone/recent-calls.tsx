'use client';

import { Phone } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { DirectionIcon } from '@/components/calls/call-cells';
import { DateTime } from '@/components/patterns/date-time';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { IconButton } from '@/components/ui/icon-button';
import { useItem } from '@/lib/client/use-item';
import { callPageSchema } from '@/lib/services/calls/schemas';
import { useContactNames } from './use-contact-names';

const SHOWN = 6;

export interface RecentCallsProps {
  extensionId: string;
  onCall: (number: string) => void;
}

/** The last calls of this extension; each can be called again. */
export function RecentCalls({ extensionId, onCall }: RecentCallsProps) {
  const t = useTranslations('softphone');
  const { data } = useItem({
    path: '/calls',
    query: { extensionId, limit: SHOWN },
    response: callPageSchema,
  });
  const calls = data?.items ?? [];
  const names = useContactNames(calls.flatMap(({ from, to }) => [from.number, to.number]));
  if (calls.length === 0) return null;
  return (
    <section aria-labelledby="recent-calls" className="border-line border-t p-4">
      <div className="mb-1 flex items-center justify-between">
        <h2 id="recent-calls" className="text-section">
          {t('recent')}
        </h2>
        <Link href="/calls" className="text-accent-text text-small hover:underline">
          {t('all')}
        </Link>
      </div>
      <ul>
        {calls.map((call) => {
          const isOurs = call.from.extensionId === extensionId;
          const other = isOurs ? call.to : call.from;
          return (
            <li key={call.id} className="flex h-8 items-center gap-2">
              <DirectionIcon row={{ kind: 'ended', id: call.id, call }} />
              <span className="min-w-0 flex-1 truncate">
                <PhoneNumber value={other.number} />
                <span className="ms-1.5 text-ink-3">
                  {names.get(other.number) ?? other.extensionName}
                </span>
              </span>
              <DateTime value={call.startedAt} look="time" className="text-ink-2 text-small" />
              <IconButton
                label={t('callAgain', { number: other.number })}
                size="xs"
                onClick={() => onCall(other.number)}
              >
                <Phone />
              </IconButton>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
