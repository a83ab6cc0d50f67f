'use client';

import { Combobox as Base } from '@base-ui/react/combobox';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';
import { controlClass } from './input';
import { popupClass, popupItemClass } from './popup-class';

export interface ComboboxItem {
  value: string;
  label: string;
  hint?: ReactNode;
}

export interface ComboboxProps {
  items: readonly ComboboxItem[];
  value: string | null;
  onValueChange: (value: string | null) => void;
  /** Its name where no Field names it. */
  label?: string | undefined;
  placeholder?: string | undefined;
  /** Said when nothing matches what was typed. */
  emptyText: string;
  disabled?: boolean | undefined;
}

/** One of a long list, found by typing. */
export function Combobox(props: ComboboxProps) {
  const { items, value, onValueChange, label, placeholder, emptyText, disabled } = props;
  return (
    <Base.Root
      items={items}
      value={items.find((item) => item.value === value) ?? null}
      onValueChange={(item: ComboboxItem | null) => onValueChange(item?.value ?? null)}
      disabled={disabled}
      autoHighlight
    >
      <span className={cn(controlClass, 'h-8 pe-1 touch:h-10')}>
        <Base.Input
          aria-label={label}
          placeholder={placeholder}
          className="h-full w-full min-w-0 flex-1 bg-transparent outline-none"
        />
        <Base.Trigger
          aria-label={placeholder ?? label}
          className="flex size-6 shrink-0 items-center justify-center rounded-badge text-ink-2"
        >
          <ChevronDown aria-hidden className="icon-dense" />
        </Base.Trigger>
      </span>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="start" className="z-40 outline-none">
          <Base.Popup className={cn(popupClass, 'w-(--anchor-width)')}>
            <Base.Empty className="px-3 py-2 text-ink-3 empty:hidden">{emptyText}</Base.Empty>
            <Base.List className="max-h-64 overflow-y-auto p-1 empty:hidden">
              {(item: ComboboxItem) => (
                <Base.Item key={item.value} value={item} className={popupItemClass}>
                  <span className="flex flex-1 items-baseline gap-2">
                    {item.label}
                    {item.hint && <span className="text-ink-3 text-small">{item.hint}</span>}
                  </span>
                  <Base.ItemIndicator className="flex">
                    <Check aria-hidden className="icon-dense" />
                  </Base.ItemIndicator>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
