import { cva, type VariantProps } from 'class-variance-authority';
import type { ReactNode } from 'react';
import { cn } from './cn';

const badgeClass = cva(
  'inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-badge px-1.5 font-medium text-small [&_.lucide]:icon-dense',
  {
    variants: {
      tone: {
        /** A finished kind. */
        neutral: 'bg-neutral-tint text-ink-2',
        /** A category. */
        outline: 'border border-line-strong text-ink',
        /** New. */
        accent: 'bg-accent-tint text-accent-text',
        /** Settled. */
        green: 'bg-green-tint text-green-text',
        /** Look soon. */
        amber: 'bg-amber-tint text-amber-text',
        /** Wrong now. */
        red: 'bg-red-tint text-red-text',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
);

export interface BadgeProps extends VariantProps<typeof badgeClass> {
  icon?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}

/** A tinted word. Words carry the meaning, colour repeats it; what merely works is a Status. */
export function Badge({ tone, icon, className, children }: BadgeProps) {
  return (
    <span className={cn(badgeClass({ tone }), className)}>
      {icon}
      {children}
    </span>
  );
}

/** How many, beside a heading or a tab. */
export function CountBadge({ children }: { children: ReactNode }) {
  return (
    <span className="inline-flex h-4.5 min-w-4.5 shrink-0 items-center justify-center rounded-full bg-neutral-tint px-1.5 font-medium text-ink-2 text-micro">
      {children}
    </span>
  );
}
