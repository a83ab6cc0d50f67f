'use client';

import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { cn } from './cn';

const widths = { sm: 'max-w-84', md: 'max-w-120', lg: 'max-w-160' } as const;

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** The consequence, in a sentence or two. */
  description?: ReactNode;
  width?: keyof typeof widths | undefined;
  /** Keeps it open when the outside is pressed, while something typed would be lost. */
  sticky?: boolean | undefined;
  className?: string | undefined;
  children?: ReactNode;
}

/** Something that has to be answered before anything else. Escape closes it; focus returns. */
export function Dialog(props: DialogProps) {
  const {
    open,
    onOpenChange,
    title,
    description,
    width = 'sm',
    sticky,
    className,
    children,
  } = props;
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => onOpenChange(next)}
      disablePointerDismissal={sticky === true}
    >
      <Base.Portal>
        {/* Also above a sheet, which is a dialog of its own. */}
        <Base.Backdrop
          forceRender
          className="fixed inset-0 z-40 bg-scrim transition-opacity duration-[180ms] data-ending-style:opacity-0 data-starting-style:opacity-0"
        />
        {/* Centred by its margins: one that is higher than the window begins at its head. */}
        <Base.Viewport className="fixed inset-0 z-40 flex overflow-y-auto p-4">
          <Base.Popup
            className={cn(
              'm-auto flex w-full flex-col gap-1 rounded-dialog bg-raised p-5 shadow-2 outline-none',
              'transition-[opacity,scale] duration-[180ms] data-ending-style:scale-[0.98] data-starting-style:scale-[0.98] data-ending-style:opacity-0 data-starting-style:opacity-0',
              widths[width],
              className,
            )}
          >
            <Base.Title className="text-title-sm">{title}</Base.Title>
            {description && (
              <Base.Description className="text-ink-2">{description}</Base.Description>
            )}
            {children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

/** The buttons of a dialog, the safe one first, at the end of the line. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-4 flex flex-wrap justify-end gap-2">{children}</div>;
}
