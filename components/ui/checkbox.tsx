'use client';

import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from './cn';

export interface CheckboxProps
  extends Omit<ComponentProps<typeof Base.Root>, 'className' | 'style' | 'children'> {
  className?: string | undefined;
}

/** A box without words; name it with `aria-label` (a row of a table) or use CheckboxField. */
export function Checkbox({ className, ...rest }: CheckboxProps) {
  return (
    <Base.Root
      {...rest}
      className={cn(
        'relative flex size-4 shrink-0 items-center justify-center rounded-badge border border-line-control bg-surface transition-colors',
        'after:absolute after:-inset-1 after:content-[""]',
        'data-checked:border-accent data-checked:bg-accent data-checked:text-on-accent data-indeterminate:border-accent data-indeterminate:bg-accent data-indeterminate:text-on-accent',
        'data-disabled:opacity-50 data-invalid:border-red',
        className,
      )}
    >
      <Base.Indicator
        className="flex data-unchecked:hidden"
        render={(props, state) => (
          <span {...props}>
            {state.indeterminate ? (
              <Minus className="size-3 stroke-[2.5]" />
            ) : (
              <Check className="size-3 stroke-[2.5]" />
            )}
          </span>
        )}
      />
    </Base.Root>
  );
}

export interface CheckboxFieldProps extends CheckboxProps {
  label: ReactNode;
  hint?: ReactNode;
}

/** A box and its words; both can be pressed. */
export function CheckboxField({ label, hint, id, className, ...rest }: CheckboxFieldProps) {
  const ownId = useId();
  const boxId = id ?? ownId;
  return (
    <span className={cn('flex items-start gap-2', className)}>
      <Checkbox {...rest} id={boxId} className="mt-0.5" />
      <label htmlFor={boxId} className="flex flex-col">
        <span>{label}</span>
        {hint && <span className="text-ink-3 text-small">{hint}</span>}
      </label>
    </span>
  );
}
