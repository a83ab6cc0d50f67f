import { cn } from './cn';

/** The shape of what is to come, still; give it a width. */
export function Skeleton({ className }: { className?: string | undefined }) {
  return (
    <span
      aria-hidden
      data-skeleton
      className={cn('block h-2.5 rounded-badge bg-neutral-tint', className)}
    />
  );
}
