'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Globe, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { EmptyState } from '@/components/patterns/states';
import { GenerationTag } from '@/components/ui/generation-tag';
import { IconButton } from '@/components/ui/icon-button';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import {
  destinationPrefixSchema,
  type WireDestinationPrefix,
} from '@/lib/services/destinations/schemas';
import { NEWEST_QUERY } from './queries';

/** Prefixes that the operator knows better than the built-in table. */
export function PrefixList({ mayWrite }: { mayWrite: boolean }) {
  const t = useTranslations('limits.prefixes');
  const tClasses = useTranslations('limits.classes');
  const list = useList({
    path: '/destination-prefixes',
    query: NEWEST_QUERY,
    item: destinationPrefixSchema,
  });
  const remove = useRemove();
  const columns = useColumns();
  const button = (row: WireDestinationPrefix, size: 'xs' | 'sm') => (
    <IconButton label={t('remove', { prefix: row.prefix })} size={size} onClick={() => remove(row)}>
      <Trash2 aria-hidden />
    </IconButton>
  );
  return (
    <DataTable<WireDestinationPrefix>
      name="destination-prefixes"
      label={t('label')}
      columns={columns}
      rows={list.rows}
      error={list.error}
      onRetry={list.refetch}
      rowId={(row) => row.id}
      rowLabel={(row) => row.prefix}
      rowActions={mayWrite ? (row) => button(row, 'xs') : undefined}
      phoneRow={(row) => ({
        icon: <Globe />,
        title: <span className="text-mono">{row.prefix}</span>,
        detail: tClasses(row.class),
        end: mayWrite && button(row, 'sm'),
      })}
      empty={<EmptyState title={t('empty')}>{t('emptyText')}</EmptyState>}
    />
  );
}

function useRemove(): (row: WireDestinationPrefix) => void {
  const t = useTranslations('limits.prefixes');
  const toast = useToast();
  const queryClient = useQueryClient();
  return ({ id, prefix }) => {
    callApi({ method: 'DELETE', path: `/destination-prefixes/${id}` })
      .then(() => toast.done(t('removed', { prefix })))
      .catch((error: Error) => toast.failed(t('failed'), error.message))
      .finally(
        () => void queryClient.invalidateQueries({ queryKey: ['list', '/destination-prefixes'] }),
      );
  };
}

function useColumns(): readonly DataColumn<WireDestinationPrefix>[] {
  const t = useTranslations('limits');
  return useMemo(
    () => [
      {
        id: 'prefix',
        header: t('prefixes.prefix'),
        cell: (row) => <span className="text-mono">{row.prefix}</span>,
      },
      { id: 'class', header: t('prefixes.class'), cell: (row) => t(`classes.${row.class}`) },
      {
        id: 'builtIn',
        header: t('prefixes.builtIn'),
        cell: (row) => <span className="text-ink-3">{t(`classes.${row.builtIn}`)}</span>,
      },
      { id: 'note', header: t('prefixes.note'), grow: true, cell: (row) => row.note },
      {
        id: 'switch',
        header: t('columns.switch'),
        className: 'w-px',
        optional: 'shown',
        cell: (row) => (
          <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
        ),
      },
    ],
    [t],
  );
}
