import { cva } from 'class-variance-authority';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';

export interface Figure {
  label: ReactNode;
  value: ReactNode;
  /** After the value, smaller and grey: "a day", "of 1,302". */
  unit?: ReactNode;
  /** One line below; the only place of the strip that carries colour. */
  context?: ReactNode;
  /** Order on a phone, where the strip has two columns. */
  phoneOrder?: number;
}

const valueClass = cva('flex items-baseline gap-1', {
  variants: {
    size: {
      figure: 'text-figure max-md:text-figure-sm',
      'figure-sm': 'text-figure-sm',
      fact: 'font-semibold text-base',
    },
  },
});

/** Written out, because the compiler only keeps classes that it can read. */
const columns: Record<number, string> = {
  1: 'grid-cols-1',
  2: 'grid-cols-2',
  3: 'grid-cols-2 @xs:grid-cols-3',
  4: 'grid-cols-2 @2xl:grid-cols-4',
  5: 'grid-cols-2 @2xl:grid-cols-5 [&>:last-child]:@max-2xl:col-span-2',
  6: 'grid-cols-2 @xl:grid-cols-3 @4xl:grid-cols-6',
  7: 'grid-cols-2 @4xl:grid-cols-[repeat(7,auto)] [&>:last-child]:@max-4xl:col-span-2',
  8: 'grid-cols-2 @2xl:grid-cols-4 @5xl:grid-cols-[repeat(8,auto)]',
};

export interface FigureStripProps {
  /** Six at most, eight facts of one thing, or it is a table. */
  figures: readonly Figure[];
  /** figure: the page's main figures · figure-sm: dense · fact: what is known of one thing. */
  size?: 'figure' | 'figure-sm' | 'fact' | undefined;
  /** The feed was lost: the values fade and stay. */
  stale?: boolean | undefined;
  className?: string | undefined;
}

/** One outlined row cut by hairlines. */
export function FigureStrip({ figures, size = 'figure', stale, className }: FigureStripProps) {
  return (
    <div className={cn('@container', className)}>
      <dl
        className={cn(
          'grid gap-px overflow-hidden rounded-panel border border-line bg-line',
          columns[figures.length],
        )}
      >
        {figures.map((figure, index) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a fixed strip of figures
            key={index}
            style={figure.phoneOrder === undefined ? undefined : { order: figure.phoneOrder }}
            className={cn(
              'flex min-w-0 flex-col bg-surface px-4 md:order-none!',
              size === 'fact' ? 'py-2' : 'gap-0.5 py-3 [&>dt+dd]:mt-0.5',
            )}
          >
            <dt className="font-medium text-ink-2 text-small">{figure.label}</dt>
            <dd className={cn(valueClass({ size }), stale && 'text-ink-3')}>
              <span className="max-w-full shrink-0 truncate">{figure.value}</span>
              {figure.unit && (
                <span className="min-w-0 truncate font-normal text-base text-ink-3 tracking-normal">
                  {figure.unit}
                </span>
              )}
            </dd>
            {figure.context && <dd className="text-ink-3 text-small">{figure.context}</dd>}
          </div>
        ))}
      </dl>
    </div>
  );
}
