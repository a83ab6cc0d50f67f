'use client';

import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { ReactNode } from 'react';
import { cn } from './cn';

export interface Segment<Value extends string> {
  value: Value;
  label: ReactNode;
  /** Needed when the label is only an icon. */
  name?: string;
}

export interface SegmentedProps<Value extends string> {
  /** The name of the choice, for screen readers. */
  label: string;
  segments: readonly Segment<Value>[];
  value: Value;
  onValueChange: (value: Value) => void;
  className?: string | undefined;
}

/** One of two to four views of the same thing. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, segments, value, onValueChange, className } = props;
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={(next) => {
        const chosen = next[0];
        if (chosen !== undefined) onValueChange(chosen as Value);
      }}
      className={cn('inline-flex h-7 w-fit rounded-control border border-line-strong', className)}
    >
      {segments.map((segment) => (
        <Toggle
          key={segment.value}
          value={segment.value}
          aria-label={segment.name}
          className="focus-inside flex items-center border-line-strong border-s px-2.5 font-medium text-ink-2 text-small transition-colors first:rounded-s-[5px] first:border-s-0 last:rounded-e-[5px] hover:bg-hover data-pressed:bg-neutral-tint data-pressed:text-ink"
        >
          {segment.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
