'use client';

import { Forward, Upload } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { AddressList } from '@/components/emergency/address-list';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { PortInList } from '@/components/port-ins/port-in-list';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { LinkTabs } from '@/components/ui/tabs';
import { useList } from '@/lib/client/use-list';
import { useListUrl } from '@/lib/client/use-list-url';
import { numberSchema, type WireNumber } from '@/lib/services/numbers/schemas';
import { HandOverDialog } from './hand-over-dialog';
import { ImportDialog } from './import-dialog';
import { NumberList } from './number-list';
import { NumberSheet } from './number-sheet';
import { NumberToolbar } from './number-toolbar';
import { PriceList } from './price-list';
import { NUMBER_FILTERS, numberQuery } from './queries';
import { SELLER_VIEWS, viewOf } from './views';

/** A seller's numbers: stock and what its customers have, prices, port-ins, emergency addresses. */
export function SellerNumbersPage({ home }: { home: string }) {
  const t = useTranslations('numbers');
  const maySell = useMay('numbers.sell');
  const [viewText] = useQueryState('view', parseAsString);
  const view = viewOf(viewText, SELLER_VIEWS);
  const views = SELLER_VIEWS.filter((one) => one !== 'prices' || maySell);
  return (
    <>
      <PageHead title={t('title')} />
      <LinkTabs
        label={t('views.label')}
        tabs={views.map((one) => ({
          label: t(`views.${one}`),
          href: one === 'numbers' ? home : `${home}?view=${one}`,
          active: one === view,
        }))}
      />
      {view === 'numbers' && <Inventory />}
      {view === 'prices' && maySell && <PriceList />}
      {view === 'portIns' && <PortInList />}
      {view === 'emergency' && <AddressList />}
    </>
  );
}

function Inventory() {
  const t = useTranslations('numbers');
  const url = useListUrl(NUMBER_FILTERS);
  const { account } = useViewer();
  const mayWrite = useMay('numbers.write');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [handed, setHanded] = useState<readonly WireNumber[]>([]);
  const [isImporting, setImporting] = useState(false);
  const { search, cursor, filters } = url;
  const accountId = filters.stock === 'own' ? account.id : null;
  const list = useList({
    path: '/numbers',
    query: numberQuery({
      ...{ search, cursor, state: filters.state, kind: filters.kind, accountId },
    }),
    item: numberSchema,
  });
  const rows = list.rows ?? [];
  const movable = rows.filter(({ id, state }) => chosen.has(id) && state === 'available');
  const mayImport = mayWrite && account.kind === 'operator';
  const importIt = mayImport && (
    <Button variant="primary" size="sm" icon={<Upload />} onClick={() => setImporting(true)}>
      {t('importFile')}
    </Button>
  );
  return (
    <>
      <NumberToolbar
        url={url}
        isSeller
        end={
          <>
            {movable.length > 0 && (
              <Button size="sm" icon={<Forward />} onClick={() => setHanded(movable)}>
                {t('handOverMany', { count: movable.length })}
              </Button>
            )}
            {importIt}
          </>
        }
      />
      <NumberList
        list={list}
        url={url}
        showsAccount
        {...(mayWrite ? { selection: { ids: chosen, onChange: setChosen } } : {})}
        empty={
          <EmptyState title={t('emptyStock')} action={importIt}>
            {t(mayImport ? 'emptyStockText' : 'emptyPoolText')}
          </EmptyState>
        }
      />
      <NumberSheet openId={url.openId} rows={rows} onOpen={url.setOpenId} />
      <HandOverDialog
        numbers={handed}
        onClose={() => {
          setHanded([]);
          setChosen(new Set());
        }}
      />
      <ImportDialog open={isImporting} onClose={() => setImporting(false)} />
    </>
  );
}
