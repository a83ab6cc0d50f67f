import type { ReactNode } from 'react';
import type { ListSort } from '@/lib/client/use-list-url';

export interface DataColumn<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end. */
  align?: 'end';
  /** The server can order by this id. */
  sortable?: boolean;
  /** May be hidden by the reader; 'hidden' starts so. */
  optional?: 'shown' | 'hidden';
  /** Takes the room that is left, and is cut with an ellipsis where there is none. */
  grow?: boolean;
  /** Classes of its cells, such as a width or `text-ink-2`. */
  className?: string;
  /** Width of the bar that stands for it while it loads; any width utility. */
  skeleton?: string;
}

/** A row on a phone: two lines, 52 high, the other party first. */
export interface PhoneRow {
  icon?: ReactNode;
  title: ReactNode;
  detail?: ReactNode;
  end?: ReactNode;
  endDetail?: ReactNode;
}

/** A row opens in place (a sheet) or on its own page. */
export type RowOpening<Row> =
  | { onOpen: (row: Row) => void; href?: undefined }
  | { href: (row: Row) => string; onOpen?: undefined };

export interface DataTableProps<Row> {
  /** Names the table for screen readers and keeps its choice of columns apart. */
  name: string;
  label: string;
  columns: readonly DataColumn<Row>[];
  /** undefined while the first answer is awaited. */
  rows: readonly Row[] | undefined;
  error?: Error | null | undefined;
  onRetry?: (() => void) | undefined;
  rowId: (row: Row) => string;
  /** What a row is called, for screen readers. */
  rowLabel: (row: Row) => string;
  phoneRow: (row: Row) => PhoneRow;
  opening?: RowOpening<Row> | undefined;
  /** The row whose sheet is open. */
  openId?: string | null | undefined;
  sort?: ListSort | null | undefined;
  onSort?: ((sort: ListSort | null) => void) | undefined;
  /** Happening now: tinted green. */
  isLive?: ((row: Row) => boolean) | undefined;
  /** A line above a row, such as the day's name and sum; null for none. */
  groupAbove?: ((row: Row, above: Row | null) => ReactNode) | undefined;
  /** Small buttons at the end, shown on hover and focus. */
  rowActions?: ((row: Row) => ReactNode) | undefined;
  selection?:
    | { ids: ReadonlySet<string>; onChange: (ids: ReadonlySet<string>) => void }
    | undefined;
  /** Nothing there at all: an EmptyState. */
  empty: ReactNode;
  /** Nothing there because of filters; clears them. */
  onClearFilters?: (() => void) | undefined;
  /** Rows stay where they are under the pointer; false where the reader unfolds them. */
  holdsRows?: boolean | undefined;
  /** How many rows to draw while loading. */
  skeletonRows?: number | undefined;
}
