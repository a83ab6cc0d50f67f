'use client';

import { useState } from 'react';

export interface HeldRows<Row> {
  rows: readonly Row[];
  /** How many rows came since and wait. */
  waiting: number;
  /** While the pointer is over them, rows stay where they are. */
  hold: () => void;
  release: () => void;
}

/**
 * Rows never jump under the pointer: while they are held, those in sight keep their places (and
 * show their newest values), and new ones wait.
 */
export function useHeldRows<Row>(rows: readonly Row[], rowId: (row: Row) => string): HeldRows<Row> {
  const [heldIds, setHeldIds] = useState<readonly string[] | null>(null);
  const release = () => setHeldIds(null);
  const hold = () => setHeldIds((held) => held ?? rows.map(rowId));
  if (heldIds === null) return { rows, waiting: 0, hold, release };
  const byId = new Map(rows.map((row) => [rowId(row), row]));
  const shown = heldIds.flatMap((id) => byId.get(id) ?? []);
  // Another page, another filter: nothing is left to keep in its place.
  if (shown.length === 0) return { rows, waiting: 0, hold, release };
  return { rows: shown, waiting: rows.length - shown.length, hold, release };
}
