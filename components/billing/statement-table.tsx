'use client';

import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { Money } from '@/components/patterns/money';
import { EmptyState } from '@/components/patterns/states';
import { useViewer } from '@/components/portal/me-context';
import { moneySign } from '@/lib/client/format/money';
import type { ListState } from '@/lib/client/use-list';
import type { StatementLine } from '@/lib/services/ledger/schemas';

/** Two lines of one transaction stand in one wallet now and then; their amounts tell them apart. */
const lineId = (line: StatementLine): string => `${line.transactionId} ${line.balanceAfter.amount}`;

/** A wallet's postings with their reasons; a call's leads to why it cost that. */
export function StatementTable({ list }: { list: ListState<StatementLine> }) {
  const t = useTranslations('billing');
  const { account } = useViewer();
  const columns = useMemo<DataColumn<StatementLine>[]>(
    () => [
      {
        id: 'when',
        header: t('columns.when'),
        className: 'w-44 text-ink-2',
        cell: (line) => <DateTime value={line.createdAt} look="exact" />,
      },
      { id: 'what', header: t('columns.what'), grow: true, cell: (line) => <What line={line} /> },
      {
        id: 'amount',
        header: t('columns.amount'),
        align: 'end',
        cell: (line) => <Amount line={line} />,
      },
      {
        id: 'balance',
        header: t('columns.balance'),
        align: 'end',
        cell: (line) => <Money value={line.balanceAfter} detail="explained" />,
      },
    ],
    [t],
  );
  return (
    <DataTable<StatementLine>
      name="statement"
      label={t('statement')}
      columns={columns}
      rows={list.rows}
      error={list.error}
      onRetry={list.refetch}
      rowId={lineId}
      rowLabel={(line) => t('rowLabel', { kind: t(`kinds.${kindOf(line)}`), when: line.createdAt })}
      phoneRow={(line) => ({
        title: <What line={line} />,
        detail: <DateTime value={line.createdAt} look="moment" />,
        end: <Amount line={line} />,
        endDetail: <Money value={line.balanceAfter} detail="balance" />,
      })}
      empty={
        <EmptyState title={t('empty.title')}>
          {t('empty.text', { seller: account.sellerName ?? t('empty.noSeller') })}
        </EmptyState>
      }
    />
  );
}

const KINDS = [
  'call',
  'opening_balance',
  'top_up',
  'adjustment',
  'subscription',
  'correction',
  'credit_note',
  'number',
] as const;
type Kind = (typeof KINDS)[number] | 'other';

/** What a posting is about; a kind that this page does not know yet is still shown. */
const kindOf = (line: StatementLine): Kind => KINDS.find((kind) => kind === line.kind) ?? 'other';

/** What came in is green and signed; what calls and plans take is the ordinary course of things. */
function Amount({ line }: { line: StatementLine }) {
  return <Money value={line.amount} detail="explained" change={moneySign(line.amount) > 0} />;
}

function What({ line }: { line: StatementLine }) {
  const t = useTranslations('billing');
  const { account } = useViewer();
  const callsHome = account.kind === 'customer' ? '/calls' : '/reseller/calls';
  const kind = kindOf(line);
  const name = t(`kinds.${kind}`);
  const saysMore = line.reason !== null && line.reason.toLowerCase() !== name.toLowerCase();
  const words = (
    <>
      <span className="font-medium">{name}</span>
      {saysMore && <span className="ms-1.5 text-ink-3">{line.reason}</span>}
    </>
  );
  if (kind !== 'call' || line.subjectId === null) return words;
  return (
    <Link
      href={`${callsHome}/${line.subjectId}`}
      prefetch={false}
      aria-label={t('rowCall', { when: line.createdAt })}
      className="relative z-1 inline-flex items-center gap-0.5 rounded-badge hover:text-accent-text"
    >
      {words}
      <ChevronRight aria-hidden className="icon-dense text-ink-3 rtl:rotate-180" />
    </Link>
  );
}
