'use client';

import { Phone, Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import { ColumnsMenu, ListFoot, ListToolbar } from '@/components/patterns/list-tools';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { Button, ButtonLink } from '@/components/ui/button';
import { SearchInput } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { useList } from '@/lib/client/use-list';
import { useListUrl } from '@/lib/client/use-list-url';
import { extensionSchema, type WireExtension } from '@/lib/services/extensions/schemas';
import { AddExtension, type TenantChoice } from './add-extension';
import { useExtensionColumns } from './extension-columns';
import { ExtensionSheet } from './extension-sheet';
import { extensionQuery, type SipAccessFacts } from './queries';
import { DeviceWords, RegistrationStatus } from './registration-status';
import { useRefusals } from './use-refusals';

const PATH = '/extensions';

export interface ExtensionListProps {
  tenants: readonly TenantChoice[];
  access: SipAccessFacts;
}

/** The extensions and, at their side, the one that is open. */
export function ExtensionList({ tenants, access }: ExtensionListProps) {
  const t = useTranslations('extensions');
  const url = useListUrl(['state']);
  const [isAdding, setAdding] = useState(false);
  const mayWrite = useMay('extensions.write');
  const refusals = useRefusals();
  const list = useList({
    path: PATH,
    query: extensionQuery({ search: url.search, state: url.filters.state, cursor: url.cursor }),
    item: extensionSchema,
  });
  const { openId } = url;
  const columns = useExtensionColumns({ refusals, openId, showsDomain: tenants.length > 1 });
  const rows = list.rows;
  const registered = rows?.filter((row) => row.registration.registered).length ?? 0;
  const rowLabel = (row: WireExtension) => t('rowLabel', { number: row.number, name: row.name });
  return (
    <>
      <PageHead
        title={t('title')}
        note={
          rows &&
          rows.length > 0 && (
            <>
              {rows.length}
              {list.nextCursor !== null && '+'} · {t('registeredOf', { count: registered })}
            </>
          )
        }
        actions={
          mayWrite && (
            <Button
              variant="primary"
              icon={<Plus />}
              className="md:hidden"
              onClick={() => setAdding(true)}
            >
              {t('add')}
            </Button>
          )
        }
      />
      <ListToolbar
        end={
          <>
            <ColumnsMenu name="extensions" columns={columns} />
            {mayWrite && (
              <Button
                variant="primary"
                size="sm"
                icon={<Plus />}
                className="max-md:hidden"
                onClick={() => setAdding(true)}
              >
                {t('add')}
              </Button>
            )}
          </>
        }
      >
        <SearchInput
          aria-label={t('search')}
          placeholder={t('search')}
          value={url.search}
          onValueChange={(text) => url.setSearch(text)}
          className="w-60 max-md:w-40"
        />
        <Select
          look="filter"
          label={t('state')}
          value={url.filters.state ?? 'any'}
          items={[
            { value: 'any', label: t('any') },
            { value: 'active', label: t('active') },
            { value: 'suspended', label: t('suspended') },
          ]}
          onValueChange={(state) => url.setFilter('state', state === 'any' ? null : state)}
        />
      </ListToolbar>
      <DataTable
        name="extensions"
        label={t('listLabel')}
        columns={columns}
        rows={rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={(row) => row.id}
        rowLabel={rowLabel}
        opening={{ onOpen: (row) => url.setOpenId(row.id) }}
        openId={openId}
        phoneRow={(row) => ({
          icon: <Phone />,
          title: rowLabel(row),
          detail: <RegistrationStatus extension={row} refused={refusals.get(row.id)} />,
          end: row.registration.registered && <DeviceWords extension={row} />,
        })}
        empty={<NoExtensions onAdd={mayWrite ? () => setAdding(true) : undefined} />}
        onClearFilters={url.isFiltered ? url.clear : undefined}
      />
      <ListFoot
        count={rows?.length}
        isFirstPage={url.isFirstPage}
        nextCursor={list.nextCursor}
        onNewer={url.newer}
        onOlder={url.older}
      />
      <ExtensionSheet
        openId={openId}
        rows={rows ?? []}
        refusals={refusals}
        access={access}
        onOpen={url.setOpenId}
      />
      <AddExtension
        open={isAdding}
        onOpenChange={setAdding}
        tenants={tenants}
        onAdded={(extension) => url.setOpenId(extension.id)}
      />
    </>
  );
}

function NoExtensions({ onAdd }: { onAdd: (() => void) | undefined }) {
  const t = useTranslations('extensions.empty');
  return (
    <EmptyState
      title={t('title')}
      steps={[
        {
          label: t('order'),
          end: (
            <ButtonLink href="/plans" variant="primary" size="sm">
              {t('orderAction')}
            </ButtonLink>
          ),
        },
        { label: t('connect'), end: t('connectHint') },
      ]}
      action={
        onAdd && (
          <Button size="sm" icon={<Plus />} onClick={onAdd}>
            {t('add')}
          </Button>
        )
      }
    >
      {t('text')}
    </EmptyState>
  );
}
