import type { ReactNode } from 'react';
import { cn } from './cn';
import { Spinner } from './spinner';

/**
 * healthy: works · live: happening now · never: never or not applicable ·
 * waiting: for something outside · amber: look soon · red: wrong now
 */
export type StatusTone = 'healthy' | 'live' | 'never' | 'waiting' | 'amber' | 'red';

const dots: Record<Exclude<StatusTone, 'waiting'>, string> = {
  healthy: 'bg-green',
  live: 'bg-green ring-[3px] ring-green/25',
  never: 'border border-line-control',
  amber: 'bg-amber',
  red: 'bg-red',
};

const words: Record<StatusTone, string> = {
  healthy: 'text-ink-2',
  live: 'font-medium text-green-text',
  never: 'text-ink-3',
  waiting: 'font-medium text-accent-text',
  amber: 'font-medium text-amber-text',
  red: 'font-medium text-red-text',
};

/** Eight pixels of state; always beside words that say the same. */
export function Dot({ tone, className }: { tone: StatusTone; className?: string | undefined }) {
  if (tone === 'waiting') {
    return <Spinner className={cn('icon-dense text-accent-text', className)} />;
  }
  return (
    <span
      aria-hidden
      className={cn('inline-block size-2 shrink-0 rounded-full', dots[tone], className)}
    />
  );
}

export interface StatusProps {
  tone: StatusTone;
  className?: string | undefined;
  children: ReactNode;
}

/** A state in words with its dot: quiet where it works, louder where it does not. */
export function Status({ tone, className, children }: StatusProps) {
  return (
    <span
      className={cn('inline-flex items-baseline gap-1.5 whitespace-nowrap', words[tone], className)}
    >
      <Dot tone={tone} className="self-center" />
      {children}
    </span>
  );
}
