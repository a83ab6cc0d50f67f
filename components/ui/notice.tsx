import { cva, type VariantProps } from 'class-variance-authority';
import type { ReactNode } from 'react';
import { cn } from './cn';

const noticeClass = cva('flex items-center gap-3 text-small', {
  variants: {
    tone: {
      accent: 'border-accent-line bg-accent-tint text-ink-2 [&>.lucide]:text-accent-text',
      green: 'border-green-tint bg-green-tint text-ink-2 [&>.lucide]:text-green-text',
      amber: 'border-amber-tint bg-amber-tint text-amber-text',
      red: 'border-red-tint bg-red-tint text-red-text',
      neutral: 'border-line bg-sunken text-ink-2',
    },
    /** notice: rounded, in the flow · banner: from edge to edge, on top. */
    shape: {
      notice: 'rounded-panel border px-3 py-2.5',
      banner: 'border-b px-4 py-2',
    },
  },
  defaultVariants: { tone: 'accent', shape: 'notice' },
});

export interface NoticeProps extends VariantProps<typeof noticeClass> {
  icon?: ReactNode;
  title?: ReactNode;
  /** At the end: a button, a time. */
  aside?: ReactNode;
  /** Interrupts a screen reader; for what is wrong now. */
  urgent?: boolean | undefined;
  className?: string | undefined;
  children?: ReactNode;
}

/** Something worth saying once, where it matters. */
export function Notice(props: NoticeProps) {
  const { tone, shape, icon, title, aside, urgent, className, children } = props;
  const isTitleInked = tone === undefined || tone === null || tone === 'accent' || tone === 'green';
  return (
    <div role={urgent ? 'alert' : 'status'} className={cn(noticeClass({ tone, shape }), className)}>
      {icon}
      <div className="min-w-0 flex-1">
        {title && (
          <div className={cn('font-semibold text-base', isTitleInked && 'text-ink')}>{title}</div>
        )}
        {children}
      </div>
      {aside}
    </div>
  );
}
