'use client';

import { Columns3, Download } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Button, buttonClass } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Menu, MenuCheck } from '@/components/ui/menu';
import type { DataColumn } from './data-table-types';
import { useColumnChoice } from './use-column-choice';

/** Above a list: search, filters, then columns and export at the end. */
export function ListToolbar({ children, end }: { children: ReactNode; end?: ReactNode }) {
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2 max-md:-mx-4 max-md:flex-nowrap max-md:overflow-x-auto max-md:px-4 max-md:[&>*]:shrink-0">
      {children}
      {end && <span className="ms-auto flex items-center gap-2">{end}</span>}
    </div>
  );
}

export interface ColumnsMenuProps<Row> {
  /** As given to the table. */
  name: string;
  columns: readonly DataColumn<Row>[];
}

/** Which of the optional columns are shown. */
export function ColumnsMenu<Row>({ name, columns }: ColumnsMenuProps<Row>) {
  const t = useTranslations('patterns.table');
  const choice = useColumnChoice(name, columns);
  const optional = columns.filter((column) => column.optional !== undefined);
  if (optional.length === 0) return null;
  return (
    <Menu
      trigger={
        <Button variant="quiet" size="sm" icon={<Columns3 />} className="max-md:hidden">
          {t('columns')}
        </Button>
      }
    >
      {optional.map((column) => (
        <MenuCheck
          key={column.id}
          checked={choice.visibility[column.id] !== false}
          onCheckedChange={(checked) => choice.setVisible(column.id, checked)}
        >
          {column.header}
        </MenuCheck>
      ))}
    </Menu>
  );
}

/** The list as it is filtered now, as CSV: a plain link, so that the browser downloads it. */
export function CsvLink({ href, label }: { href: string; label?: string | undefined }) {
  const t = useTranslations('patterns.table');
  return (
    <a
      href={href}
      download
      className={cn(
        buttonClass({ variant: 'quiet', size: 'sm' }),
        '[&_.lucide]:icon-dense max-md:hidden',
      )}
    >
      <Download aria-hidden />
      {label ?? t('exportCsv')}
    </a>
  );
}

export interface ListFootProps {
  /** Rows on this page; undefined while loading. */
  count: number | undefined;
  /** In the middle: the zone of the times, what a plan includes. */
  note?: ReactNode;
  isFirstPage: boolean;
  nextCursor: string | null;
  onNewer: () => void;
  onOlder: (cursor: string) => void;
}

/** Below a list: how many, in which zone, and the way to newer and older ones. */
export function ListFoot(props: ListFootProps) {
  const { count, note, isFirstPage, nextCursor, onNewer, onOlder } = props;
  const t = useTranslations('patterns.table');
  const hasPages = !isFirstPage || nextCursor !== null;
  // That there is nothing the list itself has said.
  if (count === 0 && !hasPages && !note) return null;
  return (
    <div className="mt-2 flex min-h-7 flex-wrap items-center justify-between gap-x-4 gap-y-2 text-ink-3 text-small">
      <span>{count !== undefined && t('rowsShown', { count })}</span>
      {note && <span>{note}</span>}
      {hasPages && (
        <span className="flex gap-2">
          <Button size="xs" disabled={isFirstPage} onClick={onNewer}>
            {t('newer')}
          </Button>
          <Button
            size="xs"
            disabled={nextCursor === null}
            onClick={() => nextCursor !== null && onOlder(nextCursor)}
          >
            {t('older')}
          </Button>
        </span>
      )}
    </div>
  );
}

const nowhere = (): void => undefined;

/** Below a list that is always whole. */
export function WholeListFoot({ count }: Pick<ListFootProps, 'count'>) {
  return (
    <ListFoot count={count} isFirstPage nextCursor={null} onNewer={nowhere} onOlder={nowhere} />
  );
}

/** In which zone the times of a list are told. */
export function TimesIn({ zone }: { zone: string }) {
  const t = useTranslations('patterns.table');
  return t('timesIn', { zone });
}
