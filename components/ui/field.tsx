'use client';

import { Field as Base } from '@base-ui/react/field';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';

export interface FieldProps {
  label: ReactNode;
  /** Name of the value in its form. */
  name?: string | undefined;
  /** Stands below in grey, until an error takes its place. */
  hint?: ReactNode;
  /** What is wrong, such as `formState.errors.host?.message`. */
  error?: ReactNode;
  /** At the end of the label's line, such as a link. */
  aside?: ReactNode;
  disabled?: boolean | undefined;
  className?: string | undefined;
  /** One control: Input, PasswordInput, Textarea, Select. */
  children: ReactNode;
}

/** Label above, control, then a hint or what is wrong. Ties the three together for screen readers. */
export function Field(props: FieldProps) {
  const { label, name, hint, error, aside, disabled, className, children } = props;
  const isInvalid = error !== undefined && error !== null && error !== false && error !== '';
  return (
    <Base.Root
      name={name}
      disabled={disabled}
      invalid={isInvalid}
      className={cn('flex min-w-0 flex-col gap-1', className)}
    >
      <span className="flex items-baseline justify-between gap-2">
        <Base.Label className="font-medium text-ink text-small">{label}</Base.Label>
        {aside}
      </span>
      {children}
      {isInvalid ? (
        <Base.Error match className="mt-0.5 flex items-start gap-1.5 text-red-text text-small">
          <CircleAlert aria-hidden className="icon-dense mt-px" />
          <span>{error}</span>
        </Base.Error>
      ) : (
        hint && <Base.Description className="mt-0.5 text-ink-3 text-small">{hint}</Base.Description>
      )}
    </Base.Root>
  );
}
