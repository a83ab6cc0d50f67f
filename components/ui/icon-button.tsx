'use client';

import { Button as BaseButton } from '@base-ui/react/button';
import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';
import { Tooltip, type TooltipProps } from './tooltip';

const iconButtonClass = cva(
  [
    'inline-flex shrink-0 select-none items-center justify-center rounded-control border text-ink-2 transition-colors',
    'hover:not-data-disabled:bg-hover hover:not-data-disabled:text-ink data-popup-open:bg-hover data-disabled:text-ink-3 data-disabled:opacity-60',
  ],
  {
    variants: {
      variant: {
        quiet: 'border-transparent',
        secondary: 'border-line-strong bg-surface',
        danger: 'border-transparent text-red-text hover:not-data-disabled:text-red-text',
      },
      size: {
        xs: 'size-6 rounded-small [&_.lucide]:icon-dense touch:size-8',
        sm: 'size-7 touch:size-10',
        md: 'size-8 touch:size-10 touch:[&_.lucide]:icon-touch',
        lg: 'size-10 [&_.lucide]:icon-touch',
      },
    },
    defaultVariants: { variant: 'quiet', size: 'sm' },
  },
);

interface Named extends VariantProps<typeof iconButtonClass> {
  /** Its name, for those who do not see it, and its tooltip. */
  label: string;
  /** Beside the name in the tooltip, such as a key. */
  hint?: ReactNode;
  side?: TooltipProps['side'];
  className?: string | undefined;
}

export interface IconButtonProps
  extends Named,
    Omit<ComponentProps<typeof BaseButton>, 'className' | 'style'> {}

/** An icon that can be pressed; without words it always has a name and a tooltip. */
export function IconButton(props: IconButtonProps) {
  const { label, hint, side, variant, size, className, ...rest } = props;
  return (
    <Tooltip content={hint ?? label} side={side}>
      <BaseButton
        type="button"
        aria-label={label}
        {...rest}
        className={cn(iconButtonClass({ variant, size }), className)}
      />
    </Tooltip>
  );
}
