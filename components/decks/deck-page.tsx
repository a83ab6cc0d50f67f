'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { FigureStrip } from '@/components/patterns/figure-strip';
import { PageHead } from '@/components/patterns/page-head';
import { ErrorState } from '@/components/patterns/states';
import { PageSkeleton } from '@/components/portal/page-skeleton';
import { PageCrumbs } from '@/components/shell/crumbs';
import { Badge } from '@/components/ui/badge';
import { GenerationTag } from '@/components/ui/generation-tag';
import { TableFrame } from '@/components/ui/table';
import { formatTime } from '@/lib/client/format/time';
import { useItem } from '@/lib/client/use-item';
import { useListUrl } from '@/lib/client/use-list-url';
import { deckSchema, type WireDeck } from '@/lib/services/decks/schemas';
import { BandsPanel } from './bands-panel';
import { DeckActions } from './deck-actions';
import { activeVersionOf, DeckKind, UsedByCell } from './deck-columns';
import { RateList } from './rate-list';
import { VersionPanel } from './version-panel';

/** A price list: what it is, its versions, and the rates of one of them. */
export function DeckPage({ deckId, home }: { deckId: string; home: string }) {
  const t = useTranslations('decks');
  const {
    data: deck,
    error,
    refetch,
  } = useItem({ path: '/decks', id: deckId, response: deckSchema });
  const url = useListUrl(['version']);
  if (!deck) {
    if (!error) return <PageSkeleton />;
    return (
      <TableFrame>
        <ErrorState title={t('title')} onRetry={() => void refetch()}>
          {error.message}
        </ErrorState>
      </TableFrame>
    );
  }
  const shown = shownVersion(deck, url.filters.version);
  return (
    <>
      <PageCrumbs crumbs={[{ label: deck.name, href: `${home}/${deck.id}` }]} />
      <PageHead
        title={deck.name}
        badges={
          <>
            <DeckKind kind={deck.kind} />
            {deck.pricing === 'markup' && <Badge tone="outline">{t('deck.markup')}</Badge>}
            {deck.activeVersion === null && <Badge tone="amber">{t('deck.notActive')}</Badge>}
          </>
        }
        note={<GenerationTag wanted={deck.generation} observed={deck.status.observedGeneration} />}
        actions={<DeckActions deck={deck} home={home} shown={shown} />}
      />
      <DeckFacts deck={deck} />
      <div className="mt-4 grid items-start gap-4 @4xl:grid-cols-[minmax(0,1fr)_19rem]">
        <RateList deck={deck} shown={shown} url={url} />
        <div className="flex min-w-0 flex-col gap-4">
          <VersionPanel
            deck={deck}
            home={home}
            shown={shown}
            onShow={(version) =>
              url.setFilter('version', version === defaultVersion(deck) ? null : `${version}`)
            }
          />
          {deck.pricing === 'rates' && <BandsPanel deck={deck} shown={shown} />}
        </div>
      </div>
    </>
  );
}

/** The version whose rates a list shows unless told: the active one, else the newest. */
const defaultVersion = (deck: WireDeck): number | null =>
  deck.activeVersion ?? deck.versions[0]?.version ?? null;

function shownVersion(deck: WireDeck, asked: string | null): number | null {
  return asked === null ? defaultVersion(deck) : Number(asked);
}

function DeckFacts({ deck }: { deck: WireDeck }) {
  const t = useTranslations('decks.deck');
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const active = activeVersionOf(deck);
  const since =
    active?.activatedAt && formatTime(new Date(active.activatedAt), 'date', { locale, timeZone });
  return (
    <FigureStrip
      size="fact"
      figures={[
        { label: t('owner'), value: deck.accountName },
        { label: t('currency'), value: deck.currency, unit: t('perMinute') },
        {
          label: t('active'),
          value: active ? `v${active.version}` : '–',
          unit: since ? t('since', { when: since }) : undefined,
        },
        {
          label: t('rounding'),
          value: t(`roundings.${deck.rounding}`),
          unit: t('roundingContext', { decimals: deck.decimals }),
        },
        { label: t('usedBy'), value: <UsedByCell deck={deck} /> },
        { label: t('created'), value: <DateTime value={deck.createdAt} look="date" /> },
      ]}
    />
  );
}
