'use client';

import { createContext } from 'react';

/** What a key does on every page, and how that is called. */
export interface PageKey {
  readonly label: string;
  readonly run: () => void;
}

/** Keys (small letters) that something around the shell adds to its own, such as the phone's. */
export const PageKeys = createContext<Readonly<Record<string, PageKey>>>({});
