'use client';

import { useEffect, useEffectEvent, useRef } from 'react';

/** After "G" the next letter is awaited this long. */
const CHORD_MS = 1_200;

export interface ShortcutActions {
  openPalette: () => void;
  showHelp: () => void;
  /** The letter after "G"; says whether it leads anywhere. */
  goTo: (letter: string) => boolean;
  /** What else a letter does, by itself; says whether anything. */
  press: (letter: string) => boolean;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, textarea, select');
}

/** Something modal is open: keys belong to it. */
const isCovered = (): boolean =>
  document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null;

function focusSearch(): boolean {
  const fields = [...document.querySelectorAll<HTMLInputElement>('input[data-search]')];
  const field = fields.find((one) => one.offsetParent !== null);
  field?.focus();
  field?.select();
  return field !== undefined;
}

/** The keys that work on every page: ⌘K or Ctrl K, "/", "?", and "G" then a letter. */
export function useShortcuts(actions: ShortcutActions): void {
  const chordUntilMs = useRef(0);
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const key = event.key.toLowerCase();
    if ((event.metaKey || event.ctrlKey) && key === 'k') {
      event.preventDefault();
      actions.openPalette();
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target) || isCovered()) return;
    if (event.timeStamp < chordUntilMs.current) {
      chordUntilMs.current = 0;
      if (actions.goTo(key)) event.preventDefault();
      return;
    }
    if (actions.press(key)) event.preventDefault();
    if (key === 'g') chordUntilMs.current = event.timeStamp + CHORD_MS;
    if (key === '?') actions.showHelp();
    if (key === '/' && focusSearch()) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}
