'use client';

import { Switch as Base } from '@base-ui/react/switch';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from './cn';

export interface SwitchProps
  extends Omit<ComponentProps<typeof Base.Root>, 'className' | 'style' | 'children'> {
  label: ReactNode;
  hint?: ReactNode;
  /** Words small and grey, as in a toolbar. */
  quiet?: boolean | undefined;
  className?: string | undefined;
}

/** On or off at once, without a save. */
export function Switch({ label, hint, quiet, id, className, ...rest }: SwitchProps) {
  const ownId = useId();
  const switchId = id ?? ownId;
  return (
    <span className={cn('flex items-start gap-2', className)}>
      <Base.Root
        {...rest}
        id={switchId}
        className={cn(
          'relative mt-0.5 flex h-4 w-7 shrink-0 rounded-full bg-line-control p-0.5 transition-colors',
          'after:absolute after:-inset-1 after:content-[""] data-checked:bg-accent data-disabled:opacity-50',
        )}
      >
        <Base.Thumb className="size-3 rounded-full bg-white transition-transform data-checked:translate-x-3 rtl:data-checked:-translate-x-3" />
      </Base.Root>
      <label htmlFor={switchId} className="flex flex-col">
        <span className={cn(quiet && 'text-ink-2 text-small leading-5')}>{label}</span>
        {hint && <span className="text-ink-3 text-small">{hint}</span>}
      </label>
    </span>
  );
}
