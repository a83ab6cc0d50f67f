import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';

export interface PageHeadProps {
  title: ReactNode;
  /** Badges beside the title. */
  badges?: ReactNode;
  /** Count or state, in grey. */
  note?: ReactNode;
  /** At the end; one primary at most, and last. */
  actions?: ReactNode;
  className?: string | undefined;
}

/** What this page is, and what can be done with it. On a phone the top bar tells the title. */
export function PageHead({ title, badges, note, actions, className }: PageHeadProps) {
  return (
    <header
      className={cn(
        'mb-4 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2 max-md:mb-3 max-md:min-h-0',
        !(badges || note || actions) && 'max-md:mb-0',
        className,
      )}
    >
      <h1 className="min-w-0 text-title max-md:sr-only">{title}</h1>
      {badges}
      {note && <span className="text-ink-3">{note}</span>}
      {actions && (
        <span className="ms-auto flex items-center gap-2 max-md:ms-0 max-md:w-full max-md:[&>*]:flex-1">
          {actions}
        </span>
      )}
    </header>
  );
}
