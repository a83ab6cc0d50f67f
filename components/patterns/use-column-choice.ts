'use client';

import { useMemo, useSyncExternalStore } from 'react';
import type { DataColumn } from './data-table-types';

const PREFIX = 'columns.';
const listeners = new Set<() => void>();

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}

function read(name: string): string {
  try {
    return localStorage.getItem(PREFIX + name) ?? '';
  } catch {
    // Storage may be closed to us; then the columns are as they come.
    return '';
  }
}

function write(name: string, hiddenAndShown: string): void {
  try {
    localStorage.setItem(PREFIX + name, hiddenAndShown);
  } catch {
    // As above: the choice then holds for nothing, and nothing breaks.
  }
  for (const listener of listeners) listener();
}

/** "-quality,+trunk": what the reader hid and what the reader brought out. */
function parseChoice(text: string): Map<string, boolean> {
  const choices = text.split(',').filter((part) => part.length > 1);
  return new Map(choices.map((part) => [part.slice(1), part.startsWith('+')]));
}

export interface ColumnChoice {
  definitions: { id: string; header: string; enableSorting: boolean }[];
  visibility: Record<string, boolean>;
  setVisible: (columnId: string, isVisible: boolean) => void;
}

/** Which columns of a table this reader wants to see, kept in the browser. */
export function useColumnChoice<Row>(
  name: string,
  columns: readonly DataColumn<Row>[],
): ColumnChoice {
  const text = useSyncExternalStore(
    subscribe,
    () => read(name),
    () => '',
  );
  return useMemo(() => {
    const chosen = parseChoice(text);
    const isVisible = (column: DataColumn<Row>) =>
      column.optional === undefined || (chosen.get(column.id) ?? column.optional === 'shown');
    return {
      definitions: columns.map((column) => ({
        id: column.id,
        header: column.header,
        enableSorting: column.sortable === true,
      })),
      visibility: Object.fromEntries(columns.map((column) => [column.id, isVisible(column)])),
      setVisible: (columnId, isShown) => {
        const next = new Map(chosen).set(columnId, isShown);
        write(name, [...next].map(([id, shown]) => `${shown ? '+' : '-'}${id}`).join(','));
      },
    };
  }, [name, columns, text]);
}
