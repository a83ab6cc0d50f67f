import type { ReactNode } from 'react';
import { cn } from './cn';

/** The two letters that stand for a person: "Dana Ortiz" → "DO". */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const first = words[0]?.[0] ?? '';
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? '') : (words[0]?.[1] ?? '');
  return `${first}${last}`.toLocaleUpperCase();
}

/** A person, by their initials. Decoration: the name stands beside it or names the control. */
export function Avatar({ name, className }: { name: string; className?: string | undefined }) {
  return (
    <span
      aria-hidden
      className={cn(
        'inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-neutral-tint font-semibold text-[0.625rem] text-ink-2',
        className,
      )}
    >
      {initialsOf(name)}
    </span>
  );
}

const squares = {
  accent: 'bg-accent text-on-accent',
  ink: 'bg-ink text-surface',
  neutral: 'bg-neutral-tint text-ink-2',
} as const;

export interface MarkProps {
  tone?: keyof typeof squares | undefined;
  className?: string | undefined;
  /** An svg of 16 pixels, or letters. */
  children: ReactNode;
}

/** The square mark of a company or of a kind of thing. */
export function Mark({ tone = 'ink', className, children }: MarkProps) {
  return (
    <span
      aria-hidden
      className={cn(
        'inline-flex size-6 shrink-0 items-center justify-center rounded-control font-semibold text-micro',
        squares[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
