'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { CopyButton } from './copy-button';

/** A bordered list of label, value, copy. */
export function CopyList({ children }: { children: ReactNode }) {
  return (
    <div className="overflow-hidden rounded-panel border border-line [&>*+*]:border-line [&>*+*]:border-t">
      {children}
    </div>
  );
}

export interface CopyFieldProps {
  label: string;
  /** What is copied. */
  value: string;
  /** What is shown, where it differs; the value in mono otherwise. */
  children?: ReactNode;
  sunken?: boolean | undefined;
}

/** One line of a CopyList. */
export function CopyField({ label, value, children, sunken }: CopyFieldProps) {
  const t = useTranslations('patterns');
  return (
    <div className={cn('flex min-h-8 items-center gap-2 ps-3 pe-2.5', sunken && 'bg-sunken')}>
      <span className="w-28 shrink-0 text-ink-3">{label}</span>
      <span className="min-w-0 flex-1 truncate text-mono">{children ?? value}</span>
      <CopyButton value={value} label={t('copyNamed', { name: label })} />
    </div>
  );
}
