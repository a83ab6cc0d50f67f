'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { Money } from '@/components/patterns/money';
import { GenerationTag } from '@/components/ui/generation-tag';
import type { WireAccount } from '@/lib/services/accounts/schemas';
import { AccountState, CallsCell, FundsCell, NameCell } from './account-cells';
import type { AccountRow } from './account-rows';

export interface AccountColumnsInput {
  domainsOf: ReadonlyMap<string, readonly string[]>;
  callsOf: ReadonlyMap<string, number>;
  /** Names of sellers, for a list that is no tree. */
  sellerNames: ReadonlyMap<string, string>;
  isTree: boolean;
  onToggle: (accountId: string) => void;
}

const NO_DOMAINS: readonly string[] = [];

/** Columns of the accounts, as a tree or as a list. */
export function useAccountColumns(input: AccountColumnsInput): DataColumn<AccountRow>[] {
  const { domainsOf, callsOf, sellerNames, isTree, onToggle } = input;
  const t = useTranslations('accounts');
  return useMemo(() => {
    const of = (render: (account: WireAccount) => React.ReactNode) => (row: AccountRow) =>
      row.kind === 'account' ? render(row.account) : null;
    const below = (account: WireAccount) =>
      isTree || account.parentId === null ? null : (sellerNames.get(account.parentId) ?? null);
    return [
      {
        id: 'account',
        header: t('columns.account'),
        grow: true,
        cell: (row) =>
          row.kind === 'account' ? (
            <NameCell
              row={row}
              domains={domainsOf.get(row.id) ?? NO_DOMAINS}
              below={below(row.account)}
              onToggle={onToggle}
            />
          ) : (
            <MoreWords row={row} />
          ),
      },
      {
        id: 'status',
        header: t('columns.status'),
        cell: of((account) => <AccountState account={account} />),
      },
      {
        id: 'mode',
        header: t('columns.mode'),
        optional: 'shown',
        cell: of((account) =>
          account.wallet && account.kind !== 'operator' ? (
            <span className="text-ink-2">{t(`modes.${account.wallet.mode}`)}</span>
          ) : (
            <span className="text-ink-3">–</span>
          ),
        ),
      },
      {
        id: 'funds',
        header: t('columns.funds'),
        align: 'end',
        skeleton: 'w-14',
        cell: of((account) => <FundsCell account={account} />),
      },
      {
        id: 'held',
        header: t('columns.held'),
        align: 'end',
        optional: 'shown',
        skeleton: 'w-10',
        cell: of((account) => (
          <Money
            value={account.kind === 'operator' ? null : account.wallet?.held}
            detail="balance"
          />
        )),
      },
      {
        id: 'credit',
        header: t('columns.credit'),
        align: 'end',
        optional: 'hidden',
        cell: of((account) => <Money value={account.wallet?.creditLimit} detail="balance" />),
      },
      {
        id: 'limit',
        header: t('columns.limit'),
        align: 'end',
        optional: 'hidden',
        cell: of((account) => account.limits.maxConcurrentCalls),
      },
      {
        id: 'calls',
        header: t('columns.calls'),
        align: 'end',
        skeleton: 'w-6',
        cell: of((account) => <CallsCell count={callsOf.get(account.id) ?? 0} />),
      },
      {
        id: 'switch',
        header: t('columns.switch'),
        className: 'w-px ps-4',
        cell: of((account) => (
          <GenerationTag wanted={account.generation} observed={account.status.observedGeneration} />
        )),
      },
    ];
  }, [domainsOf, callsOf, sellerNames, isTree, onToggle, t]);
}

/** The line that leads to the rest of a long branch. */
export function MoreWords({ row }: { row: Extract<AccountRow, { kind: 'more' }> }) {
  const t = useTranslations('accounts');
  return (
    <span
      className="font-medium text-accent-text"
      style={{ paddingInlineStart: `${row.depth * 1.5 + 1.75}rem` }}
    >
      {t('more', { name: row.parent?.name ?? '' })}
    </span>
  );
}
