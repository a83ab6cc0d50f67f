'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, Tag, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { ListToolbar } from '@/components/patterns/list-tools';
import { Money } from '@/components/patterns/money';
import { EmptyState } from '@/components/patterns/states';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import { numberPriceSchema, type WireNumberPrice } from '@/lib/services/number-prices/schemas';
import { PriceDialog } from './price-dialog';
import { CHOICE_QUERY } from './queries';
import { StockSettings } from './stock-settings';

/** What is being added or changed: null = nothing. */
type Editing = { readonly price: WireNumberPrice | null } | null;

/** What a seller's children pay for numbers. */
export function PriceList() {
  const t = useTranslations('numbers.prices');
  const [editing, setEditing] = useState<Editing>(null);
  const list = useList({ path: '/number-prices', query: CHOICE_QUERY, item: numberPriceSchema });
  const columns = usePriceColumns();
  const words = useRuleWords();
  const add = (
    <Button variant="primary" size="sm" icon={<Plus />} onClick={() => setEditing({ price: null })}>
      {t('add')}
    </Button>
  );
  return (
    <>
      <ListToolbar end={add}>
        <StockSettings />
      </ListToolbar>
      <DataTable
        name="number-prices"
        label={t('label')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={({ id }) => id}
        rowLabel={words}
        phoneRow={(row) => ({
          icon: <Tag />,
          title: words(row),
          detail: row.buyer?.name ?? t('everybody'),
          end: <Money value={row.perPeriod} detail="balance" />,
        })}
        opening={{ onOpen: (price) => setEditing({ price }) }}
        empty={
          <EmptyState title={t('empty')} action={add}>
            {t('emptyText')}
          </EmptyState>
        }
      />
      <PriceDialog
        price={editing?.price ?? null}
        open={editing !== null}
        onClose={() => setEditing(null)}
      />
    </>
  );
}

/** Which numbers a line is about, in words. */
function useRuleWords(): (price: WireNumberPrice) => string {
  const t = useTranslations('numbers');
  return ({ country, kind, group, prefix }) => {
    const parts = [
      country,
      kind && t(`kinds.${kind}`),
      group,
      prefix === '' ? null : `+${prefix}…`,
    ].filter(Boolean);
    return parts.length === 0 ? t('prices.all') : parts.join(' · ');
  };
}

function usePriceColumns(): DataColumn<WireNumberPrice>[] {
  const t = useTranslations('numbers.prices');
  const words = useRuleWords();
  return useMemo(
    () => [
      { id: 'rule', header: t('rule'), cell: (row) => words(row), grow: true },
      {
        id: 'buyer',
        header: t('buyer'),
        cell: ({ buyer }) => buyer?.name ?? <span className="text-ink-3">{t('everybody')}</span>,
      },
      {
        id: 'setUp',
        header: t('setUp'),
        align: 'end',
        cell: ({ setUp }) => <Money value={setUp} detail="balance" />,
      },
      {
        id: 'perPeriod',
        header: t('perPeriod'),
        align: 'end',
        cell: ({ perPeriod }) => <Money value={perPeriod} detail="balance" />,
      },
      {
        id: 'more',
        header: '',
        className: 'w-px',
        cell: (row) => <DeletePrice price={row} name={words(row)} />,
      },
    ],
    [t, words],
  );
}

function DeletePrice({ price, name }: { price: WireNumberPrice; name: string }) {
  const t = useTranslations('numbers.prices');
  const toast = useToast();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => callApi({ method: 'DELETE', path: `/number-prices/${price.id}` }),
    onSuccess: async () => {
      toast.done(t('deleted'));
      await queryClient.invalidateQueries({ queryKey: ['list', '/number-prices'] });
    },
    onError: (error) => toast.failed(t('deleteFailed'), error.message),
  });
  return (
    <IconButton label={t('delete', { name })} size="xs" onClick={() => remove.mutate()}>
      <Trash2 />
    </IconButton>
  );
}
