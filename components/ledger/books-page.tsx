'use client';

import { Check, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { FigureStrip } from '@/components/patterns/figure-strip';
import { PageHead } from '@/components/patterns/page-head';
import { Panel } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { useItem } from '@/lib/client/use-item';
import { booksSchema, type WireBooks } from '@/lib/services/ledger/schemas';

/** Whether the books are in order: every invariant, checked when asked and every night. */
export function BooksPage() {
  const t = useTranslations('ledger');
  const books = useItem({ path: '/ledger/verification', response: booksSchema });
  return (
    <>
      <PageHead
        title={t('title')}
        note={t('note')}
        actions={
          <Button busy={books.isFetching} onClick={() => void books.refetch()}>
            {t('check')}
          </Button>
        }
      />
      {books.error ? (
        <Panel>
          <ErrorState title={t('failed')} onRetry={() => void books.refetch()}>
            {books.error.message}
          </ErrorState>
        </Panel>
      ) : books.data ? (
        <Books books={books.data} />
      ) : (
        <Panel padded>
          <Skeleton className="h-40 w-full" />
        </Panel>
      )}
    </>
  );
}

function Books({ books }: { books: WireBooks }) {
  const t = useTranslations('ledger');
  const { ok, checkedAt, checks, figures } = books;
  return (
    <div className="flex flex-col gap-4">
      <Notice
        tone={ok ? 'green' : 'red'}
        icon={ok ? <Check aria-hidden /> : <TriangleAlert aria-hidden />}
        title={ok ? t('inOrder') : t('broken')}
        urgent={!ok}
      >
        {t('checkedAt')} <DateTime value={checkedAt} look="exact" />
      </Notice>
      <FigureStrip
        size="figure-sm"
        figures={(
          ['books', 'wallets', 'transactions', 'postings', 'charges', 'openHolds'] as const
        ).map((name) => ({ label: t(`figures.${name}`), value: figures[name].toLocaleString() }))}
      />
      <Panel title={t('invariants')} count={checks.length}>
        <ul className="divide-y divide-line">
          {checks.map(({ invariant, ok: holds, violation }) => (
            <li key={invariant} className="flex items-start gap-2.5 px-4 py-2.5">
              {holds ? (
                <Check aria-hidden className="icon-dense mt-0.5 text-green" />
              ) : (
                <TriangleAlert aria-hidden className="icon-dense mt-0.5 text-red" />
              )}
              <span className="min-w-0">
                <span className="font-medium">{t(`names.${invariant}`)}</span>
                <span className="sr-only">{holds ? t('holds') : t('isBroken')}</span>
                {violation !== null && (
                  <span className="block break-words text-mono text-red-text text-small">
                    {violation}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}
