'use client';

import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { Panel } from '@/components/patterns/panel';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { useItem } from '@/lib/client/use-item';
import { importPageSchema, type WireImport } from '@/lib/services/deck-imports/schemas';

const QUERY = { limit: 10 };
const REFRESH_MS = 5_000;

const TONES = {
  uploaded: 'neutral',
  mapping: 'accent',
  queued: 'neutral',
  reading: 'neutral',
  done: 'green',
  refused: 'amber',
  failed: 'red',
  discarded: 'neutral',
} as const;

export interface ImportHistoryProps {
  deckId: string;
  onOpen: (importId: string) => void;
}

/** The last imports of a deck: one may be left and come back to. */
export function ImportHistory({ deckId, onOpen }: ImportHistoryProps) {
  const t = useTranslations('decks.imports');
  const { data } = useItem({
    path: `/decks/${deckId}/imports`,
    query: QUERY,
    response: importPageSchema,
    refreshEveryMs: REFRESH_MS,
  });
  if (!data || data.items.length === 0) return null;
  return (
    <Panel title={t('history.title')} className="overflow-hidden">
      <ul className="divide-y divide-line">
        {data.items.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <span className="min-w-0 flex-1 basis-48 truncate font-medium">{one.fileName}</span>
            <StateBadge one={one} />
            <DateTime value={one.createdAt} className="text-ink-3 text-small" />
            <Button
              size="xs"
              aria-label={`${t('history.open')}: ${one.fileName}`}
              onClick={() => onOpen(one.id)}
            >
              {t('history.open')}
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function StateBadge({ one }: { one: WireImport }) {
  const t = useTranslations('decks.imports.states');
  return (
    <Badge tone={TONES[one.state]}>
      {t(one.state)}
      {one.version !== null && ` · v${one.version}`}
    </Badge>
  );
}
