'use client';

import { Radio } from '@base-ui/react/radio';
import { RadioGroup as Base } from '@base-ui/react/radio-group';
import { type ReactNode, useId } from 'react';
import { cn } from './cn';

export interface RadioOption<Value extends string> {
  value: Value;
  label: ReactNode;
  hint?: ReactNode;
  disabled?: boolean;
}

export interface RadioGroupProps<Value extends string> {
  /** The name of the question, for screen readers. */
  label: string;
  options: readonly RadioOption<Value>[];
  value: Value;
  onValueChange: (value: Value) => void;
  name?: string;
  className?: string;
}

/** One of a few, all in sight. */
export function RadioGroup<Value extends string>(props: RadioGroupProps<Value>) {
  const { label, options, value, onValueChange, name, className } = props;
  const groupId = useId();
  return (
    <Base
      aria-label={label}
      value={value}
      onValueChange={(next) => onValueChange(next)}
      {...(name === undefined ? {} : { name })}
      className={cn('flex flex-col gap-2', className)}
    >
      {options.map((option) => (
        <span key={option.value} className="flex items-start gap-2">
          <Radio.Root
            id={`${groupId}-${option.value}`}
            value={option.value}
            disabled={option.disabled}
            className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-line-control bg-surface data-checked:border-accent data-checked:bg-accent data-disabled:opacity-50"
          >
            <Radio.Indicator className="size-1.5 rounded-full bg-on-accent data-unchecked:hidden" />
          </Radio.Root>
          <label htmlFor={`${groupId}-${option.value}`} className="flex flex-col">
            <span>{option.label}</span>
            {option.hint && <span className="text-ink-3 text-small">{option.hint}</span>}
          </label>
        </span>
      ))}
    </Base>
  );
}
