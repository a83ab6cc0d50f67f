import type { ReactNode } from 'react';
import { cn } from './cn';

/** A key cap. */
export function Kbd({
  children,
  className,
}: {
  children: ReactNode;
  className?: string | undefined;
}) {
  return (
    <kbd
      className={cn(
        'inline-flex h-4.5 min-w-4.5 shrink-0 items-center justify-center rounded-badge border border-line bg-sunken px-1 font-sans text-ink-3 text-micro',
        className,
      )}
    >
      {children}
    </kbd>
  );
}
