'use client';

import { Info, Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useMemo, useState } from 'react';
import { useLiveCalls } from '@/components/calls/use-live-calls';
import { DataTable } from '@/components/patterns/data-table';
import { ColumnsMenu, ListFoot } from '@/components/patterns/list-tools';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { useList } from '@/lib/client/use-list';
import { type ListUrl, useListUrl } from '@/lib/client/use-list-url';
import { accountSchema, type WireAccount } from '@/lib/services/accounts/schemas';
import { tenantSchema, type WireTenant } from '@/lib/services/tenants/schemas';
import { AccountState, CallsCell, FoldButton, FundsCell, KindIcon } from './account-cells';
import { MoreWords, useAccountColumns } from './account-columns';
import { type AccountRow, callsByAccount } from './account-rows';
import { AccountSheet } from './account-sheet';
import { ACCOUNT_FILTERS, type AccountFilter, AccountToolbar } from './account-toolbar';
import { AddAccount } from './add-account';
import { accountQuery, TENANTS_QUERY } from './queries';
import { useAccountTree } from './use-account-tree';

export interface AccountListProps {
  title: string;
  /** Resellers whose customers are shown at once. */
  unfolded: readonly string[];
  /** Between head and list. */
  children?: ReactNode;
}

const NO_TENANTS: readonly WireTenant[] = [];

/** Everybody below the viewer's account, as a tree or as a list, and the one that is open. */
export function AccountList({ title, unfolded, children }: AccountListProps) {
  const t = useTranslations('accounts');
  const { account: viewer } = useViewer();
  const mayWrite = useMay('accounts.write');
  const [isAdding, setAdding] = useState(false);
  const url = useListUrl<AccountFilter>(ACCOUNT_FILTERS);
  const { rows, error, refetch, nextCursor, toggle, isTree } = useAccountRows(url, unfolded);
  const columns = useColumns({ rows, isTree, toggle });
  const accounts = useMemo(
    () => (rows ?? []).flatMap((row) => (row.kind === 'account' ? row.account : [])),
    [rows],
  );
  const isFiltered = url.search !== '' || url.filters.kind !== null || url.filters.state !== null;
  const addLabel = t(viewer.kind === 'operator' ? 'addAccount' : 'addCustomer');
  const add = mayWrite ? () => setAdding(true) : undefined;
  const open = (row: AccountRow) => {
    if (row.kind === 'account') url.setOpenId(row.id);
    else url.setFilter('view', 'list');
  };
  return (
    <>
      <PageHead
        title={title}
        actions={
          add && (
            <Button variant="primary" icon={<Plus />} onClick={add}>
              {addLabel}
            </Button>
          )
        }
      />
      {children}
      <AccountToolbar
        url={url}
        isTree={isTree}
        end={<ColumnsMenu name="accounts" columns={columns.all} />}
      />
      <DataTable<AccountRow>
        name="accounts"
        label={t('listLabel')}
        columns={columns.all}
        rows={rows}
        error={error}
        onRetry={refetch}
        rowId={(row) => row.id}
        rowLabel={(row) =>
          row.kind === 'account' ? row.account.name : t('more', { name: row.parent?.name ?? '' })
        }
        opening={{ onOpen: open }}
        openId={url.openId}
        holdsRows={false}
        phoneRow={(row) =>
          row.kind === 'more'
            ? { title: <MoreWords row={row} /> }
            : {
                icon: <PhoneIcon row={row} isTree={isTree} onToggle={toggle} />,
                title: row.account.name,
                detail: <AccountState account={row.account} />,
                end: <FundsCell account={row.account} />,
                endDetail: <CallsCell count={columns.callsOf.get(row.id) ?? 0} />,
              }
        }
        empty={<NoAccounts addLabel={addLabel} onAdd={add} />}
        onClearFilters={isFiltered ? url.clear : undefined}
      />
      <ListFoot
        count={rows?.length}
        note={viewer.kind === 'reseller' && <HiddenNote />}
        isFirstPage={isTree || url.isFirstPage}
        nextCursor={nextCursor}
        onNewer={url.newer}
        onOlder={url.older}
      />
      <AccountSheet openId={url.openId} rows={accounts} onOpen={url.setOpenId} />
      {mayWrite && (
        <AddAccount
          open={isAdding}
          onOpenChange={setAdding}
          onAdded={(account) => url.setOpenId(account.id)}
        />
      )}
    </>
  );
}

/** The rows of the tree, or of the list where something is searched or it was chosen. */
function useAccountRows(url: ListUrl<AccountFilter>, unfolded: readonly string[]) {
  const { account: viewer } = useViewer();
  const { kind, state, view } = url.filters;
  const isTree = view !== 'list' && url.search === '' && kind === null && state === null;
  const tree = useAccountTree(viewer.id, unfolded);
  const list = useList({
    path: '/accounts',
    query: accountQuery({ search: url.search, kind, state, cursor: url.cursor }),
    item: accountSchema,
  });
  const flat = useMemo(
    () =>
      list.rows
        ?.filter((account: WireAccount) => account.id !== viewer.id)
        .map<AccountRow>((account) => ({
          kind: 'account',
          id: account.id,
          account,
          depth: 0,
          unfolded: null,
        })),
    [list.rows, viewer.id],
  );
  const shown = isTree ? tree : { ...list, rows: flat };
  return {
    rows: shown.rows,
    error: shown.error,
    refetch: shown.refetch,
    nextCursor: isTree ? null : list.nextCursor,
    toggle: tree.toggle,
    isTree,
  };
}

interface ColumnsInput {
  rows: readonly AccountRow[] | undefined;
  isTree: boolean;
  toggle: (accountId: string) => void;
}

/** Columns, and what they take from elsewhere: domains, and who is on the phone. */
function useColumns({ rows, isTree, toggle }: ColumnsInput) {
  const { account: viewer } = useViewer();
  const live = useLiveCalls();
  const tenants = useList({ path: '/tenants', query: TENANTS_QUERY, item: tenantSchema });
  const known = tenants.rows ?? NO_TENANTS;
  const domainsOf = useMemo(() => {
    const domains = new Map<string, string[]>();
    for (const { accountId, domain } of known) {
      domains.set(accountId, [...(domains.get(accountId) ?? []), domain]);
    }
    return domains;
  }, [known]);
  const callsOf = useMemo(() => callsByAccount(live.calls, known), [live.calls, known]);
  const sellerNames = useMemo(() => {
    const names = new Map([[viewer.id, viewer.name]]);
    for (const row of rows ?? []) if (row.kind === 'account') names.set(row.id, row.account.name);
    return names;
  }, [rows, viewer.id, viewer.name]);
  const all = useAccountColumns({ domainsOf, callsOf, sellerNames, isTree, onToggle: toggle });
  return { all, callsOf };
}

interface PhoneIconProps {
  row: Extract<AccountRow, { kind: 'account' }>;
  isTree: boolean;
  onToggle: (accountId: string) => void;
}

/** As deep as it lies in the tree; what it sells to unfolds by touch. */
function PhoneIcon({ row, isTree, onToggle }: PhoneIconProps) {
  return (
    <span className="flex items-center" style={{ paddingInlineStart: `${row.depth}rem` }}>
      <FoldButton row={row} onToggle={onToggle} className="-my-2 -ms-3 size-10" />
      {isTree && row.unfolded === null && <span className="w-7" />}
      <KindIcon kind={row.account.kind} />
    </span>
  );
}

function HiddenNote() {
  const t = useTranslations('accounts');
  return (
    <span className="inline-flex items-start gap-1.5">
      <Info aria-hidden className="icon-dense mt-px shrink-0" />
      {t('hiddenNote')}
    </span>
  );
}

function NoAccounts({ addLabel, onAdd }: { addLabel: string; onAdd: (() => void) | undefined }) {
  const t = useTranslations('accounts.empty');
  return (
    <EmptyState
      title={t('title')}
      steps={[
        {
          label: t('add'),
          end: onAdd && (
            <Button variant="primary" size="sm" onClick={onAdd}>
              {addLabel}
            </Button>
          ),
        },
        { label: t('domain'), end: t('domainHint') },
      ]}
    >
      {t('text')}
    </EmptyState>
  );
}
