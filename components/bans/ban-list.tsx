'use client';

import { Ban, LockOpen } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { DataColumn } from '@/components/patterns/data-table-types';
import type { ListState } from '@/lib/client/use-list';
import type { WireBan } from '@/lib/services/bans/schemas';
import { AddressList } from './address-list';
import { BanCause, BanTimeLeft } from './ban-cells';
import { useLiftBan } from './use-lift-ban';

export interface BanListProps {
  list: ListState<WireBan>;
  mayWrite: boolean;
}

const causeOf = (ban: WireBan) => <BanCause ban={ban} />;
const leftOf = (ban: WireBan) => <BanTimeLeft until={ban.until} />;

/** Who is shut out, why, since when and for how long, and how often it has tried. */
export function BanList({ list, mayWrite }: BanListProps) {
  const t = useTranslations('bans');
  const columns = useBanColumns();
  const lift = useLiftBan();
  const label = ({ address }: WireBan) => t('lift', { address });
  return (
    <AddressList<WireBan>
      name="bans"
      label={t('bansLabel')}
      list={list}
      icon={<Ban />}
      why={causeOf}
      left={leftOf}
      columns={columns}
      undo={mayWrite ? { icon: <LockOpen aria-hidden />, label, run: lift } : undefined}
      empty={{ title: t('emptyBans.title'), text: t('emptyBans.text') }}
    />
  );
}

function useBanColumns(): DataColumn<WireBan>[] {
  const t = useTranslations('bans');
  return useMemo(
    () => [
      {
        id: 'by',
        header: t('columns.by'),
        optional: 'shown',
        cell: (row) => <span className="text-ink-2">{t(`by.${row.origin}`)}</span>,
      },
      {
        id: 'tries',
        header: t('columns.tries'),
        align: 'end',
        cell: (row) => row.attempts.toLocaleString('en'),
      },
      { id: 'left', header: t('columns.left'), align: 'end', cell: leftOf },
    ],
    [t],
  );
}
