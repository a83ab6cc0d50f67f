import type { KeyboardEvent } from 'react';

const STEPS: Record<string, (index: number, count: number) => number> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  Home: () => 0,
  End: (_index, count) => count - 1,
};

/** Moves the focus from row to row with the arrow keys, Home and End; Enter is the row's own. */
export function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  if (!step || !(event.target instanceof HTMLElement)) return;
  if (!event.target.matches('[data-row-opener]')) return;
  const openers = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-opener]')];
  const next = openers[step(openers.indexOf(event.target), openers.length)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
