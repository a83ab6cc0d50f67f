import type { ReactNode } from 'react';
import { CountBadge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';

export interface PanelProps {
  title?: ReactNode;
  /** How many, as a badge. */
  count?: ReactNode;
  /** In grey beside the title. */
  note?: ReactNode;
  /** At the end of the head: a link, a choice, a button. */
  actions?: ReactNode;
  /** Pads the body by 16; leave out around rows that reach the edges. */
  padded?: boolean | undefined;
  /** Below a hairline, in grey. */
  foot?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}

/** One outlined part of a page; hairlines, no shade, no shadow. */
export function Panel(props: PanelProps) {
  const { title, count, note, actions, padded, foot, className, children } = props;
  return (
    <section
      className={cn('flex min-w-0 flex-col rounded-panel border border-line bg-surface', className)}
    >
      {(title || actions) && (
        <header className="flex min-h-11 flex-wrap items-center gap-x-2 gap-y-1 border-line border-b px-4 py-1.5">
          <h2 className="text-section">{title}</h2>
          {count !== undefined && <CountBadge>{count}</CountBadge>}
          {note && <span className="text-ink-3 text-small">{note}</span>}
          {actions && <span className="ms-auto flex items-center gap-2">{actions}</span>}
        </header>
      )}
      <div className={cn('min-w-0 flex-1', padded && 'p-4')}>{children}</div>
      {foot && (
        <footer className="border-line border-t px-4 py-2.5 text-ink-3 text-small">{foot}</footer>
      )}
    </section>
  );
}

export interface SectionProps {
  title: ReactNode;
  /** In grey beside the title. */
  note?: ReactNode;
  actions?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}

/** A part of a page without an outline: a heading and what belongs to it. */
export function Section({ title, note, actions, className, children }: SectionProps) {
  return (
    <section className={className}>
      <header className="mb-2 flex min-h-7 items-center gap-2">
        <h2 className="text-section">{title}</h2>
        {note && <span className="text-ink-3 text-small">{note}</span>}
        {actions && <span className="ms-auto flex items-center gap-2">{actions}</span>}
      </header>
      {children}
    </section>
  );
}

export interface FactListProps {
  facts: readonly { label: ReactNode; value: ReactNode }[];
  className?: string | undefined;
}

/** Names and values in two columns. */
export function FactList({ facts, className }: FactListProps) {
  return (
    <dl className={cn('grid grid-cols-[auto_1fr] gap-x-4 gap-y-2', className)}>
      {facts.map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list of facts
        <div key={index} className="contents">
          <dt className="text-ink-3">{fact.label}</dt>
          <dd className="min-w-0 break-words">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
