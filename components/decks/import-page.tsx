'use client';

import { useTranslations } from 'next-intl';
import { parseAsString, useQueryState } from 'nuqs';
import { PageHead } from '@/components/patterns/page-head';
import { Panel } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { PageSkeleton } from '@/components/portal/page-skeleton';
import { PageCrumbs } from '@/components/shell/crumbs';
import { cn } from '@/components/ui/cn';
import { TableFrame } from '@/components/ui/table';
import { useItem } from '@/lib/client/use-item';
import { importSchema, type WireImport } from '@/lib/services/deck-imports/schemas';
import { deckSchema, type WireDeck } from '@/lib/services/decks/schemas';
import { ImportHistory } from './import-history';
import { ImportMapping } from './import-mapping';
import { ImportRefused } from './import-refused';
import { ImportDone, ImportEnded, ImportLooking, ImportReading } from './import-stages';
import { ImportUpload } from './import-upload';

/** While the worker is at it. */
const REFRESH_MS = 1_000;
const STEPS = ['file', 'columns', 'read', 'review'] as const;

export interface ImportPageProps {
  deckId: string;
  home: string;
}

/** A price list on its way into a deck: file, columns, reading, and what it became. */
export function ImportPage({ deckId, home }: ImportPageProps) {
  const t = useTranslations('decks');
  const { data: deck, error } = useItem({ path: '/decks', id: deckId, response: deckSchema });
  const [importId, setImportId] = useQueryState('import', parseAsString);
  if (!deck) {
    if (!error) return <PageSkeleton />;
    return (
      <TableFrame>
        <ErrorState title={t('imports.title')}>{error.message}</ErrorState>
      </TableFrame>
    );
  }
  return (
    <>
      <PageCrumbs
        crumbs={[{ label: deck.name, href: `${home}/${deck.id}` }, { label: t('imports.title') }]}
      />
      <PageHead title={t('deck.importTitle', { name: deck.name })} />
      <div className="flex max-w-5xl flex-col gap-4">
        {importId === null ? (
          <>
            <Steps at="file" />
            <ImportUpload deckId={deck.id} onUploaded={(id) => void setImportId(id)} />
            <ImportHistory deckId={deck.id} onOpen={(id) => void setImportId(id)} />
          </>
        ) : (
          <OpenImport
            key={importId}
            deck={deck}
            home={home}
            importId={importId}
            onAgain={() => void setImportId(null)}
          />
        )}
      </div>
    </>
  );
}

interface OpenImportProps {
  deck: WireDeck;
  home: string;
  importId: string;
  onAgain: () => void;
}

function OpenImport({ deck, home, importId, onAgain }: OpenImportProps) {
  const t = useTranslations('decks.imports');
  const { data, error, refetch } = useItem({
    path: '/deck-imports',
    id: importId,
    response: importSchema,
    refreshEveryMs: REFRESH_MS,
  });
  if (!data) {
    if (!error) return <PageSkeleton />;
    return (
      <Panel>
        <ErrorState title={t('title')} onRetry={() => void refetch()}>
          {error.message}
        </ErrorState>
      </Panel>
    );
  }
  return (
    <>
      <Steps at={stepOf(data)} />
      <Stage deck={deck} home={home} one={data} onAgain={onAgain} />
    </>
  );
}

interface StageProps {
  deck: WireDeck;
  home: string;
  one: WireImport;
  onAgain: () => void;
}

function Stage({ deck, home, one, onAgain }: StageProps) {
  switch (one.state) {
    case 'uploaded':
      return <ImportLooking one={one} />;
    case 'mapping':
      return <ImportMapping deck={deck} one={one} onAgain={onAgain} />;
    case 'queued':
    case 'reading':
      return <ImportReading one={one} onAgain={onAgain} />;
    case 'done':
      return <ImportDone deck={deck} home={home} one={one} />;
    case 'refused':
      return <ImportRefused deck={deck} one={one} onAgain={onAgain} />;
    case 'failed':
    case 'discarded':
      return <ImportEnded one={one} onAgain={onAgain} />;
  }
}

function stepOf({ state }: WireImport): (typeof STEPS)[number] {
  switch (state) {
    case 'uploaded':
    case 'mapping':
      return 'columns';
    case 'queued':
    case 'reading':
    case 'refused':
      return 'read';
    case 'done':
      return 'review';
    case 'failed':
    case 'discarded':
      return 'file';
  }
}

/** Where one is on the way. */
function Steps({ at }: { at: (typeof STEPS)[number] }) {
  const t = useTranslations('decks.imports.steps');
  const reached = STEPS.indexOf(at);
  return (
    <ol aria-label={t('label')} className="flex flex-wrap gap-x-5 gap-y-1">
      {STEPS.map((step, index) => (
        <li
          key={step}
          aria-current={index === reached ? 'step' : undefined}
          className={cn(
            'flex items-center gap-2 text-small',
            index === reached ? 'font-semibold text-ink' : 'text-ink-3',
          )}
        >
          <span
            aria-hidden
            className={cn(
              'flex size-5 items-center justify-center rounded-full border text-micro',
              index <= reached ? 'border-accent text-accent-text' : 'border-line-control',
            )}
          >
            {index + 1}
          </span>
          {t(step)}
        </li>
      ))}
    </ol>
  );
}
