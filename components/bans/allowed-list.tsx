'use client';

import { ShieldCheck, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { DataColumn } from '@/components/patterns/data-table-types';
import type { ListState } from '@/lib/client/use-list';
import type { WireAllowedAddress } from '@/lib/services/bans/schemas';
import { AddressList } from './address-list';
import { useDisallow } from './use-lift-ban';

export interface AllowedListProps {
  list: ListState<WireAllowedAddress>;
  mayWrite: boolean;
}

const NO_FURTHER_COLUMNS: readonly DataColumn<WireAllowedAddress>[] = [];
const reasonOf = ({ reason }: WireAllowedAddress) => reason;

/** What neither limits nor bans count for. */
export function AllowedList({ list, mayWrite }: AllowedListProps) {
  const t = useTranslations('bans');
  const disallow = useDisallow();
  const label = ({ address }: WireAllowedAddress) => t('disallow', { address });
  return (
    <AddressList<WireAllowedAddress>
      name="allowed-addresses"
      label={t('allowedLabel')}
      list={list}
      icon={<ShieldCheck />}
      why={reasonOf}
      columns={NO_FURTHER_COLUMNS}
      undo={mayWrite ? { icon: <Trash2 aria-hidden />, label, run: disallow } : undefined}
      empty={{ title: t('emptyAllowed.title'), text: t('emptyAllowed.text') }}
    />
  );
}
