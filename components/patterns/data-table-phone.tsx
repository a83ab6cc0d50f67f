'use client';

import { Fragment } from 'react';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import { RowOpener, type TableModel } from './data-table-body';
import type { DataTableProps } from './data-table-types';
import { moveBetweenRows } from './row-keys';

const SKELETON_ROWS = 8;

/** The list on a phone: edge to edge, two lines a row. */
export function PhoneRows<Row>(input: { model: TableModel<Row>; props: DataTableProps<Row> }) {
  const { model, props } = input;
  return (
    <ul
      aria-label={props.label}
      onKeyDown={moveBetweenRows}
      className="-mx-4 border-line border-y [&>li+li]:border-line [&>li+li]:border-t"
    >
      {model.rows.map((item, index) => {
        const group = props.groupAbove?.(item.row, model.rows[index - 1]?.row ?? null);
        return (
          <Fragment key={item.id}>
            {group && (
              <li className="flex min-h-7 items-center bg-sunken px-4 text-ink-3 text-small">
                {group}
              </li>
            )}
            <PhoneLine id={item.id} row={item.row} props={props} />
          </Fragment>
        );
      })}
    </ul>
  );
}

function PhoneLine<Row>(input: { id: string; row: Row; props: DataTableProps<Row> }) {
  const { id, row, props } = input;
  const { icon, title, detail, end, endDetail } = props.phoneRow(row);
  return (
    <li
      className={cn(
        'relative flex min-h-13 items-center gap-3 px-4 py-1.5',
        props.isLive?.(row) && 'bg-live-row',
        props.openId === id && 'bg-selected',
      )}
    >
      <RowOpener row={row} props={props} />
      {icon && <span className="text-ink-3 [&_.lucide]:icon-touch">{icon}</span>}
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{title}</span>
        {detail && <span className="block truncate text-ink-3 text-small">{detail}</span>}
      </span>
      {(end || endDetail) && (
        <span className="shrink-0 text-end">
          <span className="block">{end}</span>
          {endDetail && <span className="block text-ink-3 text-small">{endDetail}</span>}
        </span>
      )}
    </li>
  );
}

/** The shape of the rows while they are awaited. */
export function PhoneSkeleton({ rows = SKELETON_ROWS }: { rows?: number | undefined }) {
  return (
    <ul
      aria-busy
      className="-mx-4 animate-appear border-line border-y [&>li+li]:border-line [&>li+li]:border-t"
    >
      {Array.from({ length: rows }, (_, index) => index).map((row) => (
        <li key={row} className="flex h-13 items-center justify-between px-4">
          <span className="flex w-1/2 flex-col gap-2">
            <Skeleton className="w-full" />
            <Skeleton className="w-2/3" />
          </span>
          <Skeleton className="w-12" />
        </li>
      ))}
    </ul>
  );
}
