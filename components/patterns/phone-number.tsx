'use client';

import type { ClipboardEvent } from 'react';
import { cn } from '@/components/ui/cn';
import { showNumber } from '@/lib/client/format/phone';

export interface PhoneNumberProps {
  /** E.164, an extension, or whatever the other side sent. */
  value: string;
  /** ISO 3166 alpha-2: its numbers come without their country's prefix. */
  homeCountry?: string | undefined;
  className?: string | undefined;
}

/** A number, grouped as its nation does; what is copied from it is E.164. Left to right everywhere. */
export function PhoneNumber({ value, homeCountry, className }: PhoneNumberProps) {
  const { text, e164 } = showNumber(value, homeCountry);
  const copyPlain = (event: ClipboardEvent) => {
    if (e164 === null || document.getSelection()?.toString().trim() !== text) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', e164);
  };
  return (
    <bdi dir="ltr" className={cn('whitespace-nowrap', className)} onCopy={copyPlain}>
      {text}
    </bdi>
  );
}
