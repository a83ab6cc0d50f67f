import Link from 'next/link';
import type { ComponentProps } from 'react';
import { cn } from './cn';

/** A link in words, in the accent; underlined on hover. */
export function TextLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link
      {...rest}
      className={cn(
        'rounded-badge font-medium text-accent-text text-small underline-offset-2 hover:underline',
        className,
      )}
    />
  );
}
