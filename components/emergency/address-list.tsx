'use client';

import { useQueryClient } from '@tanstack/react-query';
import { MapPin, Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { refreshNumbers } from '@/components/numbers/queries';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { ListToolbar } from '@/components/patterns/list-tools';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { EmptyState } from '@/components/patterns/states';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { useList } from '@/lib/client/use-list';
import {
  emergencyAddressSchema,
  type WireEmergencyAddress,
} from '@/lib/services/emergency/schemas';
import { AddressDialog } from './address-dialog';
import { AddressMenu } from './address-menu';
import { EmergencyCalls } from './emergency-calls';

/** What is being added or changed: null = nothing. */
type Editing = { readonly address: WireEmergencyAddress | null } | null;

const QUERY = { limit: 200 } as const;

/** Where help is sent to, and the calls for it that were made. */
export function AddressList() {
  const t = useTranslations('emergency');
  const { account } = useViewer();
  const mayWrite = useMay('emergency.write');
  const queryClient = useQueryClient();
  const [editing, setEditing] = useState<Editing>(null);
  const list = useList({
    path: '/emergency-addresses',
    query: QUERY,
    item: emergencyAddressSchema,
  });
  const columns = useAddressColumns({
    showsTenant: account.kind !== 'customer' || hasTenants(list.rows),
    onEdit: mayWrite ? (address) => setEditing({ address }) : null,
  });
  const add = mayWrite && (
    <Button
      variant="primary"
      size="sm"
      icon={<Plus />}
      onClick={() => setEditing({ address: null })}
    >
      {t('add')}
    </Button>
  );
  return (
    <>
      <ListToolbar end={add}>
        <p className="text-ink-2 max-md:hidden">{t('intro')}</p>
      </ListToolbar>
      <DataTable
        name="emergency-addresses"
        label={t('label')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={({ id }) => id}
        rowLabel={({ name }) => name}
        phoneRow={(row) => ({
          icon: <MapPin />,
          title: row.name,
          detail: oneLine(row),
          end: mayWrite && (
            <AddressMenu address={row} onEdit={() => setEditing({ address: row })} />
          ),
        })}
        empty={
          <EmptyState title={t('empty')} action={add}>
            {t('emptyText')}
          </EmptyState>
        }
      />
      <EmergencyCalls />
      <AddressDialog
        address={editing?.address ?? null}
        open={editing !== null}
        onClose={() => {
          setEditing(null);
          void refreshNumbers(queryClient);
        }}
      />
    </>
  );
}

const hasTenants = (rows: readonly WireEmergencyAddress[] | undefined): boolean =>
  new Set(rows?.map(({ tenant }) => tenant.id)).size > 1;

/** An address in one line, as people say it. */
function oneLine(address: WireEmergencyAddress): string {
  const { houseNumber, street, unit, city, region, postalCode, country } = address;
  const parts = [`${houseNumber} ${street}`, unit, city, `${region} ${postalCode}`.trim(), country];
  return parts.filter((part) => part !== '').join(', ');
}

function useAddressColumns(options: {
  showsTenant: boolean;
  onEdit: ((address: WireEmergencyAddress) => void) | null;
}): DataColumn<WireEmergencyAddress>[] {
  const { showsTenant, onEdit } = options;
  const t = useTranslations('emergency');
  return useMemo(() => {
    const columns: (DataColumn<WireEmergencyAddress> | false)[] = [
      {
        id: 'name',
        header: t('columns.name'),
        cell: ({ name, isDefault }) => (
          <span className="flex items-center gap-2 font-medium">
            {name}
            {isDefault && <Badge tone="outline">{t('own')}</Badge>}
          </span>
        ),
        className: 'whitespace-nowrap',
      },
      { id: 'address', header: t('columns.address'), cell: oneLine, grow: true },
      showsTenant && {
        id: 'tenant',
        header: t('columns.tenant'),
        cell: ({ tenant }) => tenant.domain,
        className: 'text-ink-2',
      },
      {
        id: 'number',
        header: t('columns.number'),
        cell: ({ number }) =>
          number ? <PhoneNumber value={number.e164} /> : <span className="text-ink-3">–</span>,
        className: 'whitespace-nowrap',
      },
      {
        id: 'confirmed',
        header: t('columns.confirmed'),
        cell: ({ confirmedAt, confirmedBy }) => (
          <span className="text-ink-2">
            <DateTime value={confirmedAt} look="date" />
            {confirmedBy !== null && <span className="text-ink-3"> · {confirmedBy}</span>}
          </span>
        ),
        className: 'whitespace-nowrap',
        optional: 'shown',
      },
      onEdit !== null && {
        id: 'more',
        header: '',
        className: 'w-px',
        cell: (row) => <AddressMenu address={row} onEdit={() => onEdit(row)} />,
      },
    ];
    return columns.filter((column) => column !== false);
  }, [onEdit, showsTenant, t]);
}
