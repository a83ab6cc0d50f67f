'use client';

import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { AddressList } from '@/components/emergency/address-list';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { PortInList } from '@/components/port-ins/port-in-list';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { LinkTabs } from '@/components/ui/tabs';
import { useList } from '@/lib/client/use-list';
import { useListUrl } from '@/lib/client/use-list-url';
import { numberSchema } from '@/lib/services/numbers/schemas';
import { NumberList } from './number-list';
import { NumberSheet } from './number-sheet';
import { NumberToolbar } from './number-toolbar';
import { OrderNumberDialog } from './order-dialog';
import { NUMBER_FILTERS, numberQuery } from './queries';
import { OWN_VIEWS, viewOf } from './views';

/** A customer's numbers, those that are on their way, and where help is sent to. */
export function NumbersPage() {
  const t = useTranslations('numbers');
  const [viewText] = useQueryState('view', parseAsString);
  const view = viewOf(viewText, OWN_VIEWS);
  return (
    <>
      <PageHead title={t('title')} />
      <LinkTabs
        label={t('views.label')}
        tabs={OWN_VIEWS.map((one) => ({
          label: t(`views.${one}`),
          href: one === 'numbers' ? '/numbers' : `/numbers?view=${one}`,
          active: one === view,
        }))}
      />
      {view === 'numbers' && <OwnNumbers />}
      {view === 'portIns' && <PortInList />}
      {view === 'emergency' && <AddressList />}
    </>
  );
}

function OwnNumbers() {
  const t = useTranslations('numbers');
  const url = useListUrl(NUMBER_FILTERS);
  const mayOrder = useMay('numbers.order');
  const [isOrdering, setOrdering] = useState(false);
  const { search, cursor, filters } = url;
  const list = useList({
    path: '/numbers',
    query: numberQuery({
      ...{ search, cursor, state: filters.state, kind: filters.kind, accountId: null },
    }),
    item: numberSchema,
  });
  const order = mayOrder && (
    <Button variant="primary" size="sm" icon={<Plus />} onClick={() => setOrdering(true)}>
      {t('orderOne')}
    </Button>
  );
  return (
    <>
      <NumberToolbar url={url} isSeller={false} end={order} />
      <NumberList
        list={list}
        url={url}
        showsAccount={false}
        empty={
          <EmptyState title={t('empty')} action={order}>
            {t('emptyText')}
          </EmptyState>
        }
      />
      <NumberSheet openId={url.openId} rows={list.rows ?? []} onOpen={url.setOpenId} />
      <OrderNumberDialog
        open={isOrdering}
        onClose={() => setOrdering(false)}
        onOrdered={url.setOpenId}
      />
    </>
  );
}
