'use client';

import { ArrowDown, ArrowUp } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Checkbox } from '@/components/ui/checkbox';
import { cn } from '@/components/ui/cn';
import { Th } from '@/components/ui/table';
import type { TableModel } from './data-table-body';
import type { DataColumn, DataTableProps } from './data-table-types';

interface HeadProps<Row> {
  model: TableModel<Row>;
  props: DataTableProps<Row>;
}

/** The names of the columns; those the server can order by are buttons. */
export function DataHead<Row>({ model, props }: HeadProps<Row>) {
  const t = useTranslations('patterns.table');
  return (
    <thead>
      <tr>
        {props.selection && <SelectAll model={model} selection={props.selection} />}
        {model.columns.map((column) => (
          <ColumnHead key={column.id} column={column} props={props} />
        ))}
        {props.rowActions && (
          <Th className="w-px">
            <span className="sr-only">{t('actions')}</span>
          </Th>
        )}
      </tr>
    </thead>
  );
}

function SelectAll<Row>(props: {
  model: TableModel<Row>;
  selection: NonNullable<DataTableProps<Row>['selection']>;
}) {
  const { model, selection } = props;
  const t = useTranslations('patterns.table');
  const isAll = model.rows.length > 0 && model.rows.every((row) => row.isSelected);
  const isSome = model.rows.some((row) => row.isSelected);
  return (
    <Th className="w-px">
      <Checkbox
        aria-label={t('selectAll')}
        checked={isAll}
        indeterminate={isSome && !isAll}
        onCheckedChange={(checked) =>
          selection.onChange(new Set(checked ? model.rows.map((row) => row.id) : []))
        }
      />
    </Th>
  );
}

function ColumnHead<Row>({
  column,
  props,
}: {
  column: DataColumn<Row>;
  props: DataTableProps<Row>;
}) {
  const { sort, onSort } = props;
  const t = useTranslations('patterns.table');
  const isSorted = sort?.id === column.id;
  const isDesc = isSorted && sort.desc;
  const align = column.align === 'end' ? 'text-end' : undefined;
  if (!column.sortable || !onSort) {
    return <Th className={cn(align, column.className)}>{column.header}</Th>;
  }
  return (
    <Th
      aria-sort={isSorted ? (isDesc ? 'descending' : 'ascending') : 'none'}
      className={cn(align, column.className)}
    >
      <button
        type="button"
        title={t('sortBy', { column: column.header })}
        onClick={() => onSort(nextSort(column.id, isSorted, isDesc))}
        className="-mx-1 inline-flex h-6 items-center gap-1 rounded-badge px-1 hover:text-ink"
      >
        {column.header}
        {isSorted &&
          (isDesc ? <ArrowDown className="icon-dense" /> : <ArrowUp className="icon-dense" />)}
      </button>
    </Th>
  );
}

/** Largest or newest first, then the other way, then as the list comes. */
function nextSort(id: string, isSorted: boolean, isDesc: boolean) {
  if (!isSorted) return { id, desc: true };
  return isDesc ? { id, desc: false } : null;
}
