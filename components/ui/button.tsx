'use client';

import { Button as BaseButton } from '@base-ui/react/button';
import { cva, type VariantProps } from 'class-variance-authority';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';
import { Spinner } from './spinner';
import { Tooltip } from './tooltip';

/** The look of everything that is pressed; for links that look like buttons use `ButtonLink`. */
export const buttonClass = cva(
  [
    'relative inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap border font-medium',
    'transition-colors data-disabled:not-aria-busy:border-line data-disabled:not-aria-busy:bg-sunken data-disabled:not-aria-busy:text-ink-3',
  ],
  {
    variants: {
      variant: {
        primary:
          'border-accent bg-accent text-on-accent hover:not-data-disabled:border-accent-hover hover:not-data-disabled:bg-accent-hover',
        secondary:
          'border-line-strong bg-surface text-ink hover:not-data-disabled:bg-hover active:not-data-disabled:bg-neutral-tint data-popup-open:bg-hover',
        quiet:
          'border-transparent bg-transparent text-ink-2 hover:not-data-disabled:bg-hover hover:not-data-disabled:text-ink data-disabled:not-aria-busy:border-transparent data-disabled:not-aria-busy:bg-transparent data-popup-open:bg-hover',
        danger:
          'border-danger bg-danger text-white hover:not-data-disabled:border-danger-hover hover:not-data-disabled:bg-danger-hover',
        call: 'border-green bg-green text-on-green hover:not-data-disabled:brightness-95',
        dashed:
          'border-dashed border-line-strong bg-surface text-ink-2 hover:not-data-disabled:bg-hover hover:not-data-disabled:text-ink',
      },
      size: {
        xs: 'h-6 gap-1 rounded-small px-2 text-small',
        sm: 'h-7 gap-1.5 rounded-control px-2.5 text-small touch:h-8',
        md: 'h-8 gap-2 rounded-control px-3 text-base touch:h-10',
        lg: 'h-10 gap-2 rounded-control px-4 text-base',
        xl: 'h-11 gap-2 rounded-control px-4 text-lead touch:h-13',
      },
      wide: { true: 'w-full' },
    },
    compoundVariants: [{ variant: 'primary', size: 'lg', className: 'text-lead' }],
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
);

type ButtonLook = VariantProps<typeof buttonClass>;

interface ButtonContent {
  /** Before the words; a lucide icon. While `busy` the loader stands in its place. */
  icon?: ReactNode;
  children: ReactNode;
}

export interface ButtonProps
  extends Omit<ComponentProps<typeof BaseButton>, 'children' | 'className' | 'style'>,
    ButtonLook,
    ButtonContent {
  className?: string | undefined;
  /** Work that this button started is under way: keeps its width, cannot be pressed again. */
  busy?: boolean | undefined;
  /** Why it cannot be pressed: disables it, and is told on hover and focus. */
  disabledReason?: string | undefined;
}

/** A button: primary once a view, secondary, quiet, danger only where something is confirmed. */
export function Button(props: ButtonProps) {
  const {
    variant,
    size,
    wide,
    icon,
    busy,
    disabledReason,
    className,
    children,
    disabled,
    ...rest
  } = props;
  const isDense = size === 'xs' || size === 'sm';
  const button = (
    <BaseButton
      type="button"
      {...rest}
      disabled={disabled || disabledReason !== undefined || busy === true}
      focusableWhenDisabled={disabledReason !== undefined || busy === true}
      aria-busy={busy || undefined}
      className={cn(
        buttonClass({ variant, size, wide }),
        isDense && '[&_.lucide]:icon-dense',
        className,
      )}
    >
      <ButtonBody icon={icon} busy={busy === true}>
        {children}
      </ButtonBody>
    </BaseButton>
  );
  return disabledReason === undefined ? (
    button
  ) : (
    <Tooltip content={disabledReason}>{button}</Tooltip>
  );
}

function ButtonBody({ icon, busy, children }: ButtonContent & { busy: boolean }) {
  if (!busy) {
    return (
      <>
        {icon}
        {children}
      </>
    );
  }
  if (icon) {
    return (
      <>
        <Spinner />
        {children}
      </>
    );
  }
  return (
    <>
      <span className="opacity-0">{children}</span>
      <Spinner className="absolute" />
    </>
  );
}

export interface ButtonLinkProps
  extends Omit<ComponentProps<typeof Link>, 'children'>,
    ButtonLook,
    ButtonContent {}

/** A link that looks like a button: it goes somewhere, it changes nothing. */
export function ButtonLink(props: ButtonLinkProps) {
  const { variant, size, wide, icon, className, children, ...rest } = props;
  const isDense = size === 'xs' || size === 'sm';
  return (
    <Link
      {...rest}
      className={cn(
        buttonClass({ variant, size, wide }),
        isDense && '[&_.lucide]:icon-dense',
        className,
      )}
    >
      {icon}
      {children}
    </Link>
  );
}
