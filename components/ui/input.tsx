'use client';

import { Field } from '@base-ui/react/field';
import { Search } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';
import { Kbd } from './kbd';

const sizes = {
  sm: 'h-7 px-2 text-small touch:h-8 touch:text-base',
  md: 'h-8 touch:h-10',
  lg: 'h-10 px-3 text-lead',
} as const;

/** The outline that every field shares: 3 : 1, the ring inside the edge, red where it is wrong. */
export const controlClass = cn(
  'flex w-full min-w-0 items-center gap-2 rounded-control border border-line-control bg-surface px-2.5 text-base text-ink transition-colors',
  'has-[:focus-visible]:border-accent-text has-[:focus-visible]:outline-2 has-[:focus-visible]:-outline-offset-2 has-[:focus-visible]:outline-accent-text',
  'has-[[data-invalid]]:border-red has-[[data-invalid]]:outline-1 has-[[data-invalid]]:-outline-offset-2 has-[[data-invalid]]:outline-red',
  'has-[[data-disabled]]:border-line-strong has-[[data-disabled]]:bg-sunken has-[[data-disabled]]:text-ink-3',
);

export interface InputProps
  extends Omit<ComponentProps<typeof Field.Control>, 'className' | 'style' | 'size'> {
  controlSize?: keyof typeof sizes | undefined;
  /** Inside, at the start: an icon or a fixed prefix. */
  start?: ReactNode;
  /** Inside, at the end: a unit, or a verified fact. */
  end?: ReactNode;
  /** Set in mono: prefixes, addresses, ids. */
  mono?: boolean | undefined;
  /** Of the frame. */
  className?: string | undefined;
}

/** One line of text. Inside a Field it is tied to its label, hint and error. */
export function Input(props: InputProps) {
  const { controlSize = 'md', start, end, mono, className, ...rest } = props;
  return (
    <span className={cn(controlClass, sizes[controlSize], className)}>
      {start}
      <Field.Control
        {...rest}
        className={cn(
          'h-full w-full min-w-0 flex-1 bg-transparent outline-none',
          mono && 'text-mono',
        )}
      />
      {end && <span className="flex shrink-0 items-center gap-1.5 text-ink-3">{end}</span>}
    </span>
  );
}

/** The search of a list: "/" anywhere on the page brings the caret here. */
export function SearchInput(props: Omit<InputProps, 'start' | 'end' | 'mono' | 'type'>) {
  return (
    <Input
      controlSize="sm"
      type="search"
      data-search
      autoComplete="off"
      spellCheck={false}
      start={<Search aria-hidden className="text-ink-2" />}
      end={<Kbd className="touch:hidden">/</Kbd>}
      {...props}
    />
  );
}
