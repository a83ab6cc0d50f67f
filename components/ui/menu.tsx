'use client';

import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import Link from 'next/link';
import type { ComponentProps, ReactElement, ReactNode } from 'react';
import { cn } from './cn';
import { popupClass, popupItemClass } from './popup-class';

export interface MenuProps {
  /** What opens it: a Button or IconButton. */
  trigger: ReactElement;
  align?: 'start' | 'center' | 'end' | undefined;
  side?: 'top' | 'bottom' | undefined;
  className?: string | undefined;
  children: ReactNode;
}

/** Actions on one thing, behind one button. */
export function Menu({ trigger, align = 'end', side = 'bottom', className, children }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} className="z-40 outline-none">
          <Base.Popup className={cn(popupClass, 'min-w-44 p-1', className)}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface ItemLook {
  icon?: ReactNode;
  /** At the end, such as a key. */
  end?: ReactNode;
  danger?: boolean | undefined;
  children: ReactNode;
}

export interface MenuItemProps
  extends ItemLook,
    Omit<ComponentProps<typeof Base.Item>, 'children' | 'className' | 'style'> {}

/** Something to do. */
export function MenuItem({ icon, end, danger, children, ...rest }: MenuItemProps) {
  return (
    <Base.Item
      {...rest}
      className={cn(popupItemClass, danger && 'text-red-text data-highlighted:text-red-text')}
    >
      {icon}
      <span className="flex-1">{children}</span>
      {end}
    </Base.Item>
  );
}

/** Somewhere to go. */
export function MenuLink({ icon, end, children, href }: ItemLook & { href: string }) {
  return (
    <Base.LinkItem render={<Link href={href} />} className={popupItemClass} closeOnClick>
      {icon}
      <span className="flex-1">{children}</span>
      {end}
    </Base.LinkItem>
  );
}

/** A file to download. */
export function MenuDownload({ icon, end, children, href }: ItemLook & { href: string }) {
  return (
    // biome-ignore lint/a11y/useAnchorContent: its content is given to the item around it
    <Base.LinkItem render={<a href={href} download />} className={popupItemClass} closeOnClick>
      {icon}
      <span className="flex-1">{children}</span>
      {end}
    </Base.LinkItem>
  );
}

/** A hairline between groups. */
export function MenuSeparator() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-line" />;
}

/** Words above a group. */
export function MenuGroup({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 py-1 text-ink-3 text-micro">{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}

export interface MenuRadioProps<Value extends string> {
  label: ReactNode;
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; icon?: ReactNode }[];
}

/** One of a few, kept by the menu. */
export function MenuRadio<Value extends string>(props: MenuRadioProps<Value>) {
  const { label, value, onValueChange, options } = props;
  return (
    <Base.RadioGroup value={value} onValueChange={(next) => onValueChange(next as Value)}>
      <Base.Group>
        <Base.GroupLabel className="px-2 py-1 text-ink-3 text-micro">{label}</Base.GroupLabel>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} className={popupItemClass}>
            {option.icon}
            <span className="flex-1">{option.label}</span>
            <Base.RadioItemIndicator className="flex">
              <Check aria-hidden className="icon-dense" />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.Group>
    </Base.RadioGroup>
  );
}

/** A choice that is on or off; the menu stays open. */
export function MenuCheck(props: {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  disabled?: boolean;
  children: ReactNode;
}) {
  return (
    <Base.CheckboxItem
      checked={props.checked}
      onCheckedChange={(checked) => props.onCheckedChange(checked)}
      disabled={props.disabled}
      closeOnClick={false}
      className={popupItemClass}
    >
      <span className="flex-1">{props.children}</span>
      <Base.CheckboxItemIndicator className="flex">
        <Check aria-hidden className="icon-dense" />
      </Base.CheckboxItemIndicator>
    </Base.CheckboxItem>
  );
}
