'use client';

import {
  columnVisibilityFeature,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { TableFrame } from '@/components/ui/table';
import { ApiProblem } from '@/lib/client/api-problem';
import { DataRows, type TableModel } from './data-table-body';
import { DataHead } from './data-table-head';
import { PhoneRows, PhoneSkeleton } from './data-table-phone';
import type { DataTableProps } from './data-table-types';
import { DeniedState, denialOf, EmptyState, ErrorState } from './states';
import { useColumnChoice } from './use-column-choice';
import { useHeldRows } from './use-held-rows';
import { useIsPhone } from './use-is-phone';

const features = tableFeatures({
  columnVisibilityFeature,
  rowSelectionFeature,
  rowSortingFeature,
});

const NO_ROWS: readonly never[] = [];

/**
 * A list: ordered and paged by the server, a row opens by pointer, Enter or touch, arrow keys go
 * from row to row. Draws its own loading, empty, failed and denied states, and on a phone rows of
 * two lines.
 */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const isPhone = useIsPhone();
  const held = useHeldRows<Row>(props.rows ?? NO_ROWS, props.rowId);
  const choice = useColumnChoice(props.name, props.columns);
  const table = useTable({
    features,
    data: held.rows,
    columns: choice.definitions,
    getRowId: props.rowId,
    manualSorting: true,
    enableRowSelection: props.selection !== undefined,
    state: {
      columnVisibility: choice.visibility,
      sorting: props.sort ? [props.sort] : [],
      rowSelection: Object.fromEntries([...(props.selection?.ids ?? [])].map((id) => [id, true])),
    },
  });
  const model: TableModel<Row> = {
    columns: props.columns.filter((column) => table.getColumn(column.id)?.getIsVisible() !== false),
    rows: table.getRowModel().rows.map((row) => ({
      id: row.id,
      row: row.original,
      isSelected: row.getIsSelected(),
    })),
  };
  const state = stateOf(props);
  if (state !== null) return <TableFrame>{state}</TableFrame>;
  if (isPhone) {
    return props.rows === undefined ? (
      <PhoneSkeleton rows={props.skeletonRows} />
    ) : (
      <PhoneRows model={model} props={props} />
    );
  }
  return (
    <TableFrame
      onPointerEnter={props.holdsRows === false ? undefined : held.hold}
      onPointerLeave={held.release}
    >
      <table className="w-full border-collapse" aria-busy={props.rows === undefined}>
        <caption className="sr-only">{props.label}</caption>
        <DataHead model={model} props={props} />
        {held.waiting > 0 && (
          <WaitingRows
            count={held.waiting}
            columns={model.columns.length + 2}
            onShow={held.release}
          />
        )}
        <DataRows model={model} props={props} />
      </table>
    </TableFrame>
  );
}

/** What stands in the table's place; null where its rows, or their shape, do. */
function stateOf<Row>(props: DataTableProps<Row>): ReactNode {
  const { rows, error, onRetry, empty, onClearFilters } = props;
  if (rows === undefined && error) return <Failure error={error} onRetry={onRetry} />;
  if (rows?.length !== 0) return null;
  return onClearFilters ? <NothingMatches onClear={onClearFilters} /> : empty;
}

function Failure({ error, onRetry }: { error: Error; onRetry: (() => void) | undefined }) {
  const t = useTranslations('patterns.table');
  const problem = error instanceof ApiProblem ? error : null;
  if (problem?.status === 403) return <DeniedByProblem problem={problem} />;
  return (
    <ErrorState
      title={t('failed')}
      requestId={problem?.requestId}
      {...(onRetry ? { onRetry } : {})}
    >
      {problem?.message}
    </ErrorState>
  );
}

function DeniedByProblem({ problem }: { problem: ApiProblem }) {
  const t = useTranslations('patterns.table');
  return <DeniedState title={t('denied')} {...denialOf(problem)} />;
}

function NothingMatches({ onClear }: { onClear: () => void }) {
  const t = useTranslations('patterns.table');
  return (
    <EmptyState
      title={t('emptyFiltered')}
      action={
        <Button size="sm" onClick={onClear}>
          {t('clearFilters')}
        </Button>
      }
    />
  );
}

function WaitingRows(props: { count: number; columns: number; onShow: () => void }) {
  const t = useTranslations('patterns.table');
  return (
    <tbody>
      <tr className="border-line border-t bg-accent-tint">
        <td colSpan={props.columns} className="h-7 px-4">
          <button
            type="button"
            onClick={props.onShow}
            className="rounded-badge font-medium text-accent-text text-small"
          >
            {t('waiting', { count: props.count })}
          </button>
        </td>
      </tr>
    </tbody>
  );
}
