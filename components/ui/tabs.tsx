'use client';

import { Tabs as Base } from '@base-ui/react/tabs';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import { CountBadge } from './badge';
import { cn } from './cn';

const listClass = 'flex gap-5 overflow-x-auto border-line border-b';
const tabClass =
  'focus-inside relative flex h-9 shrink-0 items-center gap-2 whitespace-nowrap font-medium text-ink-2 transition-colors hover:text-ink after:absolute after:inset-x-0 after:-bottom-px after:h-0.5 after:content-[""]';
const activeClass = 'text-ink after:bg-accent';

interface TabItem {
  label: ReactNode;
  count?: number | undefined;
}

export interface TabsProps<Value extends string> {
  label: string;
  tabs: readonly (TabItem & { value: Value; content: ReactNode })[];
  value?: Value;
  defaultValue?: Value;
  onValueChange?: (value: Value) => void;
  listClassName?: string | undefined;
  panelClassName?: string | undefined;
}

/** Parts of one thing, one at a time. For the views of a list, which have addresses, use LinkTabs. */
export function Tabs<Value extends string>(props: TabsProps<Value>) {
  const { label, tabs, value, defaultValue, onValueChange, listClassName, panelClassName } = props;
  const control: ComponentProps<typeof Base.Root> = {
    ...(value === undefined ? { defaultValue: defaultValue ?? tabs[0]?.value } : { value }),
    ...(onValueChange && { onValueChange: (next) => onValueChange(next as Value) }),
  };
  return (
    <Base.Root {...control}>
      <Base.List aria-label={label} className={cn(listClass, listClassName)}>
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className={(state) => cn(tabClass, state.active && activeClass)}
          >
            {tab.label}
            {tab.count !== undefined && <CountBadge>{tab.count}</CountBadge>}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className={panelClassName}>
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}

export interface LinkTabsProps {
  label: string;
  tabs: readonly (TabItem & { href: string; active: boolean })[];
  /** After the tabs, such as "Save view". */
  end?: ReactNode;
  className?: string | undefined;
}

/** Tabs that have addresses: saved views of a list, sections of a page. */
export function LinkTabs({ label, tabs, end, className }: LinkTabsProps) {
  return (
    <nav
      aria-label={label}
      className={cn(listClass, '-mt-2 mb-3 max-md:-mx-4 max-md:-mt-3 max-md:px-4', className)}
    >
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          aria-current={tab.active ? 'page' : undefined}
          className={cn(tabClass, tab.active && activeClass)}
        >
          {tab.label}
          {tab.count !== undefined && <CountBadge>{tab.count}</CountBadge>}
        </Link>
      ))}
      {end}
    </nav>
  );
}
