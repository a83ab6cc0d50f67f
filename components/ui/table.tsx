import type { ComponentProps } from 'react';
import { cn } from './cn';
import { ScrollBox } from './scroll-box';

/** The frame around a list: one hairline, rounded. */
export function TableFrame({ className, ...rest }: ComponentProps<'div'>) {
  return (
    <div
      {...rest}
      className={cn('overflow-x-auto rounded-panel border border-line bg-surface', className)}
    />
  );
}

/** A table: numbers at the end, words at the start, no stripes; scrolls inside itself if it must. */
export function Table({ className, ...rest }: ComponentProps<'table'>) {
  return (
    <ScrollBox>
      <table {...rest} className={cn('w-full border-collapse text-start', className)} />
    </ScrollBox>
  );
}

/** The head of one column: 32 high, 12 grey, never shaded. */
export function Th({ className, ...rest }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      {...rest}
      className={cn(
        'h-8 whitespace-nowrap px-1.5 text-start font-medium text-ink-3 text-small first:ps-4 last:pe-4',
        className,
      )}
    />
  );
}

/** A row: 36 high, a hairline above it, shaded while pointed at. */
export function Tr({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr {...rest} className={cn('border-line border-t hover:bg-hover', className)} />;
}

/** A cell. */
export function Td({ className, ...rest }: ComponentProps<'td'>) {
  return <td {...rest} className={cn('h-9 px-1.5 first:ps-4 last:pe-4', className)} />;
}

/** A row that names or sums those around it: 28 high, sunken. */
export function GroupRow({
  className,
  children,
  colSpan,
  ...rest
}: ComponentProps<'tr'> & { colSpan: number }) {
  return (
    <tr {...rest} className={cn('border-line border-t bg-sunken', className)}>
      <th
        scope="colgroup"
        colSpan={colSpan}
        className="h-7 px-4 text-start font-normal text-ink-3 text-small"
      >
        {children}
      </th>
    </tr>
  );
}
