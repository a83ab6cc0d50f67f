'use client';

import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';
import { popupClass, popupItemClass } from './popup-class';

export interface SelectItem<Value extends string> {
  value: Value;
  label: string;
  /** In grey after the label. */
  hint?: ReactNode;
  disabled?: boolean;
}

export interface SelectProps<Value extends string> {
  items: readonly SelectItem<Value>[];
  value: Value | null;
  onValueChange: (value: Value) => void;
  /** Its name where no Field names it. */
  label?: string | undefined;
  name?: string | undefined;
  placeholder?: string | undefined;
  disabled?: boolean | undefined;
  /** field: a control of a form · filter: "Direction Any" in a toolbar; needs `label`. */
  look?: 'field' | 'filter' | undefined;
  className?: string | undefined;
}

/** One of a list. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { items, value, onValueChange, label, placeholder, look = 'field', className } = props;
  const isFilter = look === 'filter';
  return (
    <Base.Root
      items={items}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onValueChange(next as Value);
      }}
      name={props.name}
      disabled={props.disabled}
    >
      <Base.Trigger
        aria-label={label}
        className={cn(
          'flex items-center gap-2 rounded-control border bg-surface text-start transition-colors',
          'data-disabled:border-line data-disabled:bg-sunken data-disabled:text-ink-3',
          isFilter
            ? 'h-7 max-w-full gap-1 border-line-strong px-2 text-ink-2 text-small hover:bg-hover touch:h-8'
            : 'focus-inside h-8 w-full justify-between border-line-control px-2.5 text-ink data-invalid:border-red touch:h-10',
          className,
        )}
      >
        {isFilter && <span className="whitespace-nowrap">{label}</span>}
        <Base.Value
          placeholder={placeholder}
          className={cn('truncate data-placeholder:text-ink-3', isFilter && 'font-medium text-ink')}
        />
        <Base.Icon className="flex">
          <ChevronDown aria-hidden className="icon-dense" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner
          sideOffset={4}
          alignItemWithTrigger={false}
          align="start"
          className="z-40 outline-none"
        >
          <Base.Popup className={cn(popupClass, 'min-w-(--anchor-width)')}>
            <Base.List className="max-h-(--available-height) overflow-y-auto p-1">
              {items.map((item) => (
                <Base.Item
                  key={item.value}
                  value={item.value}
                  disabled={item.disabled}
                  className={popupItemClass}
                >
                  <Base.ItemText className="flex flex-1 items-baseline gap-2">
                    {item.label}
                    {item.hint && <span className="text-ink-3 text-small">{item.hint}</span>}
                  </Base.ItemText>
                  <Base.ItemIndicator className="flex">
                    <Check aria-hidden className="icon-dense" />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
