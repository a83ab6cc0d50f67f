'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { Badge } from '@/components/ui/badge';
import { GenerationTag } from '@/components/ui/generation-tag';
import type { WireDeck } from '@/lib/services/decks/schemas';

/** The version that calls are priced at; undefined while there is none. */
export const activeVersionOf = (deck: WireDeck) =>
  deck.versions.find((one) => one.version === deck.activeVersion);

/** Sold or bought: an outlined word, as on the deck's own page. */
export function DeckKind({ kind }: { kind: WireDeck['kind'] }) {
  const t = useTranslations('decks.kinds');
  return <Badge tone="outline">{t(kind)}</Badge>;
}

/** Which version is active, and whether a newer draft waits. */
export function VersionCell({ deck }: { deck: WireDeck }) {
  const t = useTranslations('decks');
  const [newest] = deck.versions;
  const waits = newest?.state === 'draft';
  return (
    <span className="inline-flex items-center gap-2">
      {deck.activeVersion === null ? (
        <Badge tone="amber">{t('noVersion')}</Badge>
      ) : (
        `v${deck.activeVersion}`
      )}
      {waits && <Badge tone="accent">{t('draftWaiting', { version: newest.version })}</Badge>}
    </span>
  );
}

/** Who buys at it, or which carriers charge by it. */
export function UsedByCell({ deck }: { deck: WireDeck }) {
  const t = useTranslations('decks');
  const { accounts, carriers } = deck.usedBy;
  const isBuy = deck.kind === 'buy';
  const count = isBuy ? carriers : accounts;
  return (
    <span className={count === 0 ? 'text-ink-3' : 'text-ink-2'}>
      {isBuy ? t('carriersUse', { count }) : t('accountsUse', { count })}
    </span>
  );
}

/** Columns of the list of decks; whose they are only where they are not all one's own. */
export function useDeckColumns(showsOwner: boolean): DataColumn<WireDeck>[] {
  const t = useTranslations('decks.columns');
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('name'),
        grow: true,
        cell: (row) => <span className="font-medium">{row.name}</span>,
      },
      { id: 'kind', header: t('kind'), cell: (row) => <DeckKind kind={row.kind} /> },
      ...(showsOwner
        ? [
            {
              id: 'account',
              header: t('account'),
              cell: (row: WireDeck) => <span className="text-ink-2">{row.accountName}</span>,
            },
          ]
        : []),
      {
        id: 'currency',
        header: t('currency'),
        cell: (row) => <span className="text-ink-2">{row.currency}</span>,
      },
      { id: 'version', header: t('version'), cell: (row) => <VersionCell deck={row} /> },
      {
        id: 'rates',
        header: t('rates'),
        align: 'end',
        cell: (row) => activeVersionOf(row)?.rateCount ?? <span className="text-ink-3">–</span>,
      },
      {
        id: 'usedBy',
        header: t('usedBy'),
        className: 'ps-4',
        cell: (row) => <UsedByCell deck={row} />,
      },
      {
        id: 'switch',
        header: t('switch'),
        className: 'w-px',
        cell: (row) => (
          <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
        ),
      },
    ],
    [t, showsOwner],
  );
}
