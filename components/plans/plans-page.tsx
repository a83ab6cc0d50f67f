'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Money } from '@/components/patterns/money';
import { PageHead } from '@/components/patterns/page-head';
import { Section } from '@/components/patterns/panel';
import { EmptyState, ErrorState } from '@/components/patterns/states';
import { useMay, useViewer } from '@/components/portal/me-context';
import { PageSkeleton } from '@/components/portal/page-skeleton';
import { Button } from '@/components/ui/button';
import { TableFrame } from '@/components/ui/table';
import { moneySign } from '@/lib/client/format/money';
import { useList } from '@/lib/client/use-list';
import { planSchema, type WirePlan } from '@/lib/services/plans/schemas';
import { OrderDialog } from './order-dialog';
import { OFFERED_QUERY } from './queries';
import type { TenantPlace } from './use-order';
import { YourPlans } from './your-plans';

export interface PlansPageProps {
  tenants: readonly TenantPlace[];
  /** The account's wallet; null where it has none or the viewer may not see it. */
  walletId: string | null;
}

/** What the account has, and what it can order. */
export function PlansPage({ tenants, walletId }: PlansPageProps) {
  const t = useTranslations('plans');
  const { account } = useViewer();
  const [ordered, setOrdered] = useState<WirePlan | null>(null);
  const seller = account.sellerName ?? '';
  const list = useList({ path: '/plans', query: OFFERED_QUERY, item: planSchema });
  return (
    <>
      <PageHead title={t('title')} />
      <YourPlans />
      <Section title={t('offered')} note={t('offeredNote', { seller })}>
        {list.rows === undefined && list.error ? (
          <TableFrame>
            <ErrorState title={t('failed')} onRetry={list.refetch}>
              {list.error.message}
            </ErrorState>
          </TableFrame>
        ) : list.rows === undefined ? (
          <PageSkeleton />
        ) : list.rows.length === 0 ? (
          <TableFrame>
            <EmptyState title={t('empty.title')}>{t('empty.text', { seller })}</EmptyState>
          </TableFrame>
        ) : (
          <ul
            aria-label={t('listLabel')}
            className="overflow-hidden rounded-panel border border-line [&>li+li]:border-line [&>li+li]:border-t"
          >
            {list.rows.map((plan) => (
              <PlanOffer key={plan.id} plan={plan} onOrder={() => setOrdered(plan)} />
            ))}
          </ul>
        )}
      </Section>
      {ordered && (
        <OrderDialog
          key={ordered.id}
          plan={ordered}
          tenants={tenants}
          walletId={walletId}
          onClose={() => setOrdered(null)}
        />
      )}
    </>
  );
}

/** One plan: what it brings, what it costs, and the way to have it. */
function PlanOffer({ plan, onOrder }: { plan: WirePlan; onOrder: () => void }) {
  const t = useTranslations('plans');
  const mayOrder = useMay('subscriptions.order');
  const hasFee = moneySign(plan.setUpFee) > 0;
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-4">
      <div className="min-w-48 flex-1">
        <h3 className="text-section">{plan.name}</h3>
        {plan.description !== '' && <p className="max-w-prose text-ink-2">{plan.description}</p>}
        <p className="mt-0.5 text-ink-3 text-small">{t('includes', { count: plan.extensions })}</p>
      </div>
      <div className="text-end max-md:text-start">
        <p>
          <Money value={plan.pricePerPeriod} detail="balance" className="text-title-sm" />{' '}
          <span className="text-ink-3">{t('perMonth')}</span>
        </p>
        <p className="text-ink-3 text-small">
          {hasFee
            ? t.rich('setUpFee', { money: () => <Money value={plan.setUpFee} detail="balance" /> })
            : t('noSetUpFee')}
        </p>
      </div>
      <Button
        aria-label={t('orderNamed', { plan: plan.name })}
        className="max-md:ms-auto"
        onClick={onOrder}
        disabledReason={mayOrder ? undefined : t('mayNotOrder')}
      >
        {t('order')}
      </Button>
    </li>
  );
}
