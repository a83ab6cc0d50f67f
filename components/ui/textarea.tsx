'use client';

import { Field } from '@base-ui/react/field';
import type { ComponentProps } from 'react';
import { cn } from './cn';
import { controlClass } from './input';

export interface TextareaProps
  extends Omit<ComponentProps<typeof Field.Control>, 'className' | 'style' | 'render'> {
  rows?: number | undefined;
  mono?: boolean | undefined;
  className?: string | undefined;
}

/** Several lines of text. */
export function Textarea({ rows = 4, mono, className, ...rest }: TextareaProps) {
  return (
    <span className={cn(controlClass, 'px-0', className)}>
      <Field.Control
        {...rest}
        render={<textarea rows={rows} />}
        className={cn(
          'w-full resize-y bg-transparent px-2.5 py-1.5 outline-none',
          mono && 'text-mono',
        )}
      />
    </span>
  );
}
