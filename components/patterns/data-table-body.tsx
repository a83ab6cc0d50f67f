'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Fragment } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import { GroupRow, Td, Tr } from '@/components/ui/table';
import type { DataColumn, DataTableProps } from './data-table-types';
import { moveBetweenRows } from './row-keys';

const SKELETON_ROWS = 8;

export interface RowModel<Row> {
  id: string;
  row: Row;
  isSelected: boolean;
}

export interface TableModel<Row> {
  columns: readonly DataColumn<Row>[];
  rows: readonly RowModel<Row>[];
}

interface BodyProps<Row> {
  model: TableModel<Row>;
  props: DataTableProps<Row>;
}

/** The rows, or their shape while they are awaited. */
export function DataRows<Row>({ model, props }: BodyProps<Row>) {
  if (props.rows === undefined) return <SkeletonRows model={model} props={props} />;
  const span = model.columns.length + (props.selection ? 1 : 0) + (props.rowActions ? 1 : 0);
  return (
    <tbody onKeyDown={moveBetweenRows}>
      {model.rows.map((item, index) => {
        const group = props.groupAbove?.(item.row, model.rows[index - 1]?.row ?? null);
        return (
          <Fragment key={item.id}>
            {group && <GroupRow colSpan={span}>{group}</GroupRow>}
            <DataRow item={item} columns={model.columns} props={props} />
          </Fragment>
        );
      })}
    </tbody>
  );
}

interface DataRowProps<Row> {
  item: RowModel<Row>;
  columns: readonly DataColumn<Row>[];
  props: DataTableProps<Row>;
}

function DataRow<Row>({ item, columns, props }: DataRowProps<Row>) {
  const t = useTranslations('patterns.table');
  const isOpen = props.openId === item.id;
  return (
    <Tr
      data-open={isOpen || undefined}
      aria-selected={props.selection ? item.isSelected : undefined}
      className={cn(
        'group/row relative focus-within:bg-hover',
        props.isLive?.(item.row) && 'bg-live-row hover:bg-live-row',
        (isOpen || item.isSelected) && 'bg-selected hover:bg-selected focus-within:bg-selected',
      )}
    >
      {props.selection && (
        <Td className="relative z-1 w-px">
          <Checkbox
            aria-label={t('selectRow', { name: props.rowLabel(item.row) })}
            checked={item.isSelected}
            onCheckedChange={(checked) => toggle(props.selection, item.id, checked)}
          />
        </Td>
      )}
      {columns.map((column, index) => (
        <Td
          key={column.id}
          className={cn(
            'whitespace-nowrap',
            column.align === 'end' && 'text-end',
            column.grow && 'w-1/2 max-w-0 truncate',
            column.className,
          )}
        >
          {index === 0 && <RowOpener row={item.row} props={props} />}
          {column.cell(item.row)}
        </Td>
      ))}
      {props.rowActions && (
        <Td className="relative z-1 w-px">
          <span className="flex justify-end gap-1 opacity-0 transition-opacity focus-within:opacity-100 group-hover/row:opacity-100 touch:opacity-100">
            {props.rowActions(item.row)}
          </span>
        </Td>
      )}
    </Tr>
  );
}

function toggle(
  selection: DataTableProps<never>['selection'],
  id: string,
  isSelected: boolean,
): void {
  if (!selection) return;
  const ids = new Set(selection.ids);
  if (isSelected) ids.add(id);
  else ids.delete(id);
  selection.onChange(ids);
}

/** The button or link that is the row, spread over all of it below what else can be pressed. */
export function RowOpener<Row>({ row, props }: { row: Row; props: DataTableProps<Row> }) {
  const { opening, rowLabel } = props;
  if (!opening) return null;
  const className = 'focus-inside absolute inset-0';
  if (opening.href) {
    return (
      <Link
        data-row-opener
        href={opening.href(row)}
        prefetch={false}
        aria-label={rowLabel(row)}
        className={className}
      />
    );
  }
  return (
    <button
      type="button"
      data-row-opener
      aria-label={rowLabel(row)}
      aria-expanded={props.openId === props.rowId(row)}
      onClick={() => opening.onOpen(row)}
      className={className}
    />
  );
}

function SkeletonRows<Row>({ model, props }: BodyProps<Row>) {
  const rows = Array.from({ length: props.skeletonRows ?? SKELETON_ROWS }, (_, index) => index);
  return (
    <tbody className="animate-appear">
      {rows.map((row) => (
        <tr key={row} className="border-line border-t">
          {props.selection && <Td />}
          {model.columns.map((column) => (
            <Td key={column.id} className={column.className}>
              <Skeleton
                className={cn(column.skeleton ?? 'w-2/3', column.align === 'end' && 'ms-auto')}
              />
            </Td>
          ))}
          {props.rowActions && <Td />}
        </tr>
      ))}
    </tbody>
  );
}
