'use client';

import { useTimeZone, useTranslations } from 'next-intl';
import { FigureStrip } from '@/components/patterns/figure-strip';
import { ListFoot, TimesIn } from '@/components/patterns/list-tools';
import { Money } from '@/components/patterns/money';
import { PageHead } from '@/components/patterns/page-head';
import { Section } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { PageSkeleton } from '@/components/portal/page-skeleton';
import { TableFrame } from '@/components/ui/table';
import { moneySign } from '@/lib/client/format/money';
import { useItem } from '@/lib/client/use-item';
import { useList } from '@/lib/client/use-list';
import { useListUrl } from '@/lib/client/use-list-url';
import { useIsStale } from '@/lib/client/use-live';
import { statementLineSchema } from '@/lib/services/ledger/schemas';
import { type WireWallet, walletSchema } from '@/lib/services/wallets/schemas';
import { statementPath, statementQuery } from './queries';
import { StatementTable } from './statement-table';

/** What is there, what is held, and every posting that led there. */
export function BillingPage({ walletId }: { walletId: string }) {
  const t = useTranslations('billing');
  const wallet = useItem({ path: '/wallets', id: walletId, response: walletSchema });
  return (
    <>
      <PageHead
        title={t('title')}
        note={wallet.data && t('currency', { currency: wallet.data.balance.currency })}
      />
      {wallet.data ? (
        <WalletFigures wallet={wallet.data} />
      ) : wallet.error ? (
        <TableFrame>
          <ErrorState title={t('failed')} onRetry={() => void wallet.refetch()}>
            {wallet.error.message}
          </ErrorState>
        </TableFrame>
      ) : (
        <PageSkeleton />
      )}
      <Statement walletId={walletId} />
    </>
  );
}

function WalletFigures({ wallet }: { wallet: WireWallet }) {
  const t = useTranslations('billing');
  const isStale = useIsStale();
  const figure = (value: WireWallet['balance']) => <Money value={value} detail="balance" />;
  const hasCredit = moneySign(wallet.creditLimit) > 0;
  return (
    <FigureStrip
      size="figure"
      stale={isStale}
      figures={[
        { label: t('balance'), value: figure(wallet.balance), context: t(wallet.mode) },
        { label: t('held'), value: figure(wallet.held), context: t('heldContext') },
        {
          label: t('available'),
          value: figure(wallet.available),
          context:
            moneySign(wallet.available) > 0 ? (
              t('availableContext')
            ) : (
              <span className="font-medium text-red-text">{t('availableContext')}</span>
            ),
        },
        ...(hasCredit
          ? [
              {
                label: t('creditLimit'),
                value: figure(wallet.creditLimit),
                context: t('creditContext'),
              },
            ]
          : []),
      ]}
    />
  );
}

function Statement({ walletId }: { walletId: string }) {
  const t = useTranslations('billing');
  const url = useListUrl();
  const timeZone = useTimeZone() ?? 'UTC';
  const list = useList({
    path: statementPath(walletId),
    query: statementQuery(url.cursor),
    item: statementLineSchema,
  });
  return (
    <Section title={t('statement')} note={t('statementNote')} className="mt-6">
      <StatementTable list={list} />
      <ListFoot
        count={list.rows?.length}
        note={<TimesIn zone={timeZone} />}
        isFirstPage={url.isFirstPage}
        nextCursor={list.nextCursor}
        onNewer={url.newer}
        onOlder={url.older}
      />
    </Section>
  );
}
