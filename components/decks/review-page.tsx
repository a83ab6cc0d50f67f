'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { FigureStrip } from '@/components/patterns/figure-strip';
import { PageHead } from '@/components/patterns/page-head';
import { ErrorState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { PageSkeleton } from '@/components/portal/page-skeleton';
import { PageCrumbs } from '@/components/shell/crumbs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Status } from '@/components/ui/dot';
import { TableFrame } from '@/components/ui/table';
import { useItem } from '@/lib/client/use-item';
import { useListUrl } from '@/lib/client/use-list-url';
import {
  deckDiffSchema,
  deckSchema,
  type WireDeck,
  type WireDeckDiff,
} from '@/lib/services/decks/schemas';
import { ActivateDialog } from './activate-dialog';
import { ChangeList } from './change-list';
import { ImpactPanel } from './impact-panel';
import { DiscardDialog } from './version-panel';

type Version = WireDeck['versions'][number];

export interface ReviewPageProps {
  deckId: string;
  version: number;
  home: string;
}

/** A version before it is activated: what changes, and what last month's calls would have cost. */
export function ReviewPage({ deckId, version: number, home }: ReviewPageProps) {
  const t = useTranslations('decks');
  const { data: deck, error } = useItem({ path: '/decks', id: deckId, response: deckSchema });
  const version = deck?.versions.find((one) => one.version === number);
  if (!deck) {
    if (!error) return <PageSkeleton />;
    return (
      <TableFrame>
        <ErrorState title={t('title')}>{error.message}</ErrorState>
      </TableFrame>
    );
  }
  // It was discarded.
  if (!version) return <PageSkeleton />;
  return <Review deck={deck} version={version} home={home} />;
}

interface ReviewProps {
  deck: WireDeck;
  version: Version;
  home: string;
}

function Review({ deck, version, home }: ReviewProps) {
  const t = useTranslations('decks.review');
  const url = useListUrl(['kind']);
  const diff = useItem({
    path: `/decks/${deck.id}/diff`,
    query: { version: version.version },
    response: deckDiffSchema,
  });
  const from = diff.data?.from ?? null;
  return (
    <>
      <PageCrumbs
        crumbs={[
          { label: deck.name, href: `${home}/${deck.id}` },
          { label: t('crumb', { version: version.version }) },
        ]}
      />
      <PageHead
        title={`${deck.name} v${version.version}`}
        badges={<StateBadge version={version} />}
        note={
          diff.data ? (from === null ? t('againstNothing') : t('against', { from })) : t('counting')
        }
        actions={<ReviewActions deck={deck} version={version} home={home} />}
      />
      {diff.error && (
        <TableFrame className="mb-4">
          <ErrorState title={t('title', { version: version.version })}>
            {diff.error.message}
          </ErrorState>
        </TableFrame>
      )}
      {diff.data && <Counts diff={diff.data} />}
      <div className="mt-4 flex flex-col gap-4">
        <ImpactPanel deck={deck} version={version.version} />
        <ChangeList deck={deck} version={version.version} url={url} />
      </div>
    </>
  );
}

function StateBadge({ version }: { version: Version }) {
  const t = useTranslations('decks.versions');
  if (version.state === 'active') return <Status tone="healthy">{t('states.active')}</Status>;
  return (
    <Badge tone={version.state === 'draft' ? 'accent' : 'neutral'}>
      {t(`states.${version.state}`)}
    </Badge>
  );
}

function ReviewActions({ deck, version, home }: ReviewProps) {
  const t = useTranslations('decks');
  const router = useRouter();
  const mayWrite = useMay('decks.write');
  const [asked, setAsked] = useState<'activate' | 'discard' | null>(null);
  if (!mayWrite || version.state === 'active') return null;
  const close = (): void => setAsked(null);
  return (
    <>
      {version.state === 'draft' && (
        <Button onClick={() => setAsked('discard')}>{t('versions.discard')}</Button>
      )}
      <Button variant="primary" onClick={() => setAsked('activate')}>
        {t('review.activate')}
      </Button>
      <ActivateDialog deck={deck} version={asked === 'activate' ? version : null} onClose={close} />
      <DiscardDialog
        deck={deck}
        version={asked === 'discard' ? version : null}
        onClose={close}
        onDone={() => router.push(`${home}/${deck.id}`)}
      />
    </>
  );
}

function Counts({ diff }: { diff: WireDeckDiff }) {
  const t = useTranslations('decks.review');
  const { counts, closedWithoutRate } = diff;
  return (
    <FigureStrip
      size="figure-sm"
      figures={[
        { label: t('kinds.new'), value: counts.new.toLocaleString('en') },
        { label: t('kinds.up'), value: counts.up.toLocaleString('en') },
        { label: t('kinds.down'), value: counts.down.toLocaleString('en') },
        { label: t('kinds.changed'), value: counts.changed.toLocaleString('en') },
        {
          label: t('kinds.closed'),
          value: counts.closed.toLocaleString('en'),
          ...(counts.closed === 0
            ? {}
            : { context: t('closedWithoutRate', { count: closedWithoutRate }) }),
        },
        { label: t('kinds.unchanged'), value: counts.unchanged.toLocaleString('en') },
      ]}
    />
  );
}
