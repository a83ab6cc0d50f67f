'use client';

import { Plus, UserRound } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { CallableNumber } from '@/components/patterns/callable-number';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { ListFoot, ListToolbar } from '@/components/patterns/list-tools';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { SearchInput } from '@/components/ui/input';
import { useList } from '@/lib/client/use-list';
import { useListUrl } from '@/lib/client/use-list-url';
import { contactSchema, type WireContact } from '@/lib/services/contacts/schemas';
import { ContactDialog } from './contact-form';
import { ContactMenu } from './contact-menu';
import { contactQuery } from './queries';

/** What is being added or changed: null = nothing. */
type Editing = { readonly contact: WireContact | null } | null;

/** The address book of the account: whoever is in it can be called from here. */
export function ContactList() {
  const t = useTranslations('contacts');
  const url = useListUrl();
  const mayWrite = useMay('contacts.write');
  const [editing, setEditing] = useState<Editing>(null);
  const list = useList({
    path: '/contacts',
    query: contactQuery({ search: url.search, cursor: url.cursor }),
    item: contactSchema,
  });
  const columns = useContactColumns(mayWrite ? (contact) => setEditing({ contact }) : null);
  const add = mayWrite && (
    <Button
      variant="primary"
      size="sm"
      icon={<Plus />}
      onClick={() => setEditing({ contact: null })}
    >
      {t('add')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('title')} />
      <ListToolbar end={add}>
        <SearchInput
          aria-label={t('search')}
          placeholder={t('search')}
          value={url.search}
          onValueChange={(text) => url.setSearch(text)}
          className="w-60 max-md:w-40"
        />
      </ListToolbar>
      <DataTable
        name="contacts"
        label={t('title')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={({ id }) => id}
        rowLabel={({ name }) => name}
        phoneRow={(row) => ({
          icon: <UserRound />,
          title: row.name,
          detail: row.company,
          end: (
            <span className="flex items-center gap-1">
              <Numbers contact={row} />
              {mayWrite && (
                <ContactMenu contact={row} onEdit={() => setEditing({ contact: row })} />
              )}
            </span>
          ),
        })}
        empty={
          <EmptyState title={t('empty')} action={add}>
            {t('emptyText')}
          </EmptyState>
        }
        onClearFilters={url.isFiltered ? url.clear : undefined}
      />
      <ListFoot
        count={list.rows?.length}
        isFirstPage={url.isFirstPage}
        nextCursor={list.nextCursor}
        onNewer={url.newer}
        onOlder={url.older}
      />
      <ContactDialog
        contact={editing?.contact ?? null}
        open={editing !== null}
        onOpenChange={(isOpen) => {
          if (!isOpen) setEditing(null);
        }}
      />
    </>
  );
}

function useContactColumns(
  onEdit: ((contact: WireContact) => void) | null,
): DataColumn<WireContact>[] {
  const t = useTranslations('contacts');
  return useMemo(() => {
    const columns: DataColumn<WireContact>[] = [
      {
        id: 'name',
        header: t('name'),
        cell: ({ name }) => <span className="font-medium">{name}</span>,
        grow: true,
      },
      { id: 'company', header: t('company'), cell: ({ company }) => company },
      {
        id: 'numbers',
        header: t('numbers'),
        className: 'w-px whitespace-nowrap pe-10',
        cell: (row) => <Numbers contact={row} />,
      },
    ];
    if (onEdit) {
      columns.push({
        id: 'more',
        header: '',
        className: 'w-px',
        cell: (row) => <ContactMenu contact={row} onEdit={() => onEdit(row)} />,
      });
    }
    return columns;
  }, [onEdit, t]);
}

function Numbers({ contact }: { contact: WireContact }) {
  return (
    <ul className="flex flex-col gap-0.5">
      {contact.numbers.map(({ number, label }) => (
        <li key={number} className="flex gap-2">
          <CallableNumber value={number} />
          {label !== '' && <span className="text-ink-3">{label}</span>}
        </li>
      ))}
    </ul>
  );
}
