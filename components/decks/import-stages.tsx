'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { Panel } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { Button, ButtonLink } from '@/components/ui/button';
import { Meter } from '@/components/ui/meter';
import { Notice } from '@/components/ui/notice';
import { Spinner } from '@/components/ui/spinner';
import { callApi } from '@/lib/client/api';
import type { WireImport } from '@/lib/services/deck-imports/schemas';
import type { WireDeck } from '@/lib/services/decks/schemas';
import { reviewHref } from './queries';

interface StageProps {
  one: WireImport;
}

/** Its columns are being found out. */
export function ImportLooking({ one }: StageProps) {
  const t = useTranslations('decks.imports.looking');
  return (
    <Panel title={t('title', { file: one.fileName })} padded>
      <p className="flex items-center gap-2 text-ink-2">
        <Spinner />
        {t('text')}
      </p>
    </Panel>
  );
}

/** How far the reading is; it goes on without anybody looking. */
export function ImportReading({ one, onAgain }: StageProps & { onAgain: () => void }) {
  const t = useTranslations('decks.imports.reading');
  const locale = useLocale();
  const mayWrite = useMay('decks.write');
  const discard = useDiscardImport(one.id, onAgain);
  return (
    <Panel title={t('title', { file: one.fileName })} padded>
      <div className="flex max-w-lg flex-col gap-3">
        <p role="status" className="text-ink-2">
          {one.state === 'queued'
            ? t('queued')
            : t('rows', { rows: one.rowsRead.toLocaleString(locale) })}
        </p>
        <Meter label={t('progress')} value={one.progress} max={1} />
        <p className="text-ink-3 text-small">{t('leave')}</p>
        {mayWrite && (
          <Button
            size="sm"
            className="w-fit"
            busy={discard.isPending}
            onClick={() => discard.mutate()}
          >
            {t('stop')}
          </Button>
        )}
      </div>
    </Panel>
  );
}

/** What it became. */
export function ImportDone({ deck, home, one }: StageProps & { deck: WireDeck; home: string }) {
  const t = useTranslations('decks.imports.done');
  const locale = useLocale();
  if (one.version === null) return null;
  return (
    <Panel title={t('title', { file: one.fileName, version: one.version })} padded>
      <div className="flex max-w-lg flex-col gap-3">
        <p className="text-ink-2">{t('text', { rows: one.rowsRead.toLocaleString(locale) })}</p>
        <ButtonLink
          variant="primary"
          className="w-fit"
          href={reviewHref(home, deck.id, one.version)}
        >
          {t('review', { version: one.version })}
        </ButtonLink>
      </div>
    </Panel>
  );
}

/** It came to nothing: why, and what to do. */
export function ImportEnded({ one, onAgain }: StageProps & { onAgain: () => void }) {
  const t = useTranslations('decks.imports');
  const isFailed = one.state === 'failed';
  return (
    <Panel title={t(isFailed ? 'failed.title' : 'discarded.title', { file: one.fileName })} padded>
      <div className="flex max-w-lg flex-col gap-3">
        {isFailed ? (
          <Notice tone="red">{one.failure}</Notice>
        ) : (
          <p className="text-ink-2">{t('discarded.text')}</p>
        )}
        <Button variant="primary" className="w-fit" onClick={onAgain}>
          {t('failed.again')}
        </Button>
      </div>
    </Panel>
  );
}

/** Gives an import up, and goes back to where the next file is chosen. */
export function useDiscardImport(importId: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/deck-imports/${importId}` }),
    onSuccess: async () => {
      onDone();
      await queryClient.invalidateQueries({ queryKey: ['item', '/deck-imports'] });
    },
  });
}
