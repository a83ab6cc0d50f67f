'use client';

import { Dialog as Base } from '@base-ui/react/dialog';
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useRef } from 'react';
import { cn } from './cn';
import { IconButton } from './icon-button';

export interface SheetProps {
  open: boolean;
  /** Escape, the cross and a step back all end here; focus returns to what opened it. */
  onClose: () => void;
  title: ReactNode;
  /** In the head after the title: a badge, a count. */
  titleAside?: ReactNode;
  /** In the head before the cross: a menu of actions. */
  actions?: ReactNode;
  /** To the row above and below; leave out where there is no list. */
  onPrevious?: (() => void) | undefined;
  onNext?: (() => void) | undefined;
  /** Stays in sight below what scrolls: the buttons of a form. */
  foot?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}

/**
 * One row of a list in full, 440 wide at the end of the window; the list beside it stays usable. On
 * a phone it fills the screen.
 */
export function Sheet(props: SheetProps) {
  const { open, onClose, title, titleAside, actions, onPrevious, onNext, foot, className } = props;
  const t = useTranslations('ui');
  const popup = useRef<HTMLDivElement>(null);
  const hasSteps = onPrevious !== undefined || onNext !== undefined;
  return (
    <Base.Root
      open={open}
      modal={false}
      disablePointerDismissal
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Base.Portal>
        <Base.Popup
          ref={popup}
          data-sheet
          initialFocus={popup}
          className={cn(
            'fixed inset-0 z-20 flex flex-col bg-raised outline-none md:inset-y-auto md:start-auto md:top-(--sheet-top) md:bottom-0 md:w-110 md:shadow-2',
            'transition-[translate,opacity] duration-[180ms] data-ending-style:translate-x-4 data-starting-style:translate-x-4 data-ending-style:opacity-0 data-starting-style:opacity-0 rtl:data-ending-style:-translate-x-4 rtl:data-starting-style:-translate-x-4',
            className,
          )}
        >
          <div className="flex h-14 shrink-0 items-center gap-2 border-line border-b ps-5 pe-3 max-md:ps-4">
            <Base.Title className="min-w-0 truncate text-title-sm">{title}</Base.Title>
            {titleAside}
            <span className="ms-auto flex items-center gap-1">
              {hasSteps && (
                <>
                  <IconButton
                    label={t('previous')}
                    disabled={!onPrevious}
                    onClick={onPrevious}
                    size="md"
                  >
                    <ChevronUp />
                  </IconButton>
                  <IconButton label={t('next')} disabled={!onNext} onClick={onNext} size="md">
                    <ChevronDown />
                  </IconButton>
                </>
              )}
              {actions}
              <IconButton label={t('close')} onClick={onClose} size="md">
                <X />
              </IconButton>
            </span>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">{props.children}</div>
          {foot && (
            <div className="flex shrink-0 items-center justify-end gap-2 border-line border-t px-5 py-3">
              {foot}
            </div>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** One part of a sheet; parts are divided by hairlines. */
export function SheetSection(props: {
  title?: ReactNode;
  aside?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    <section
      className={cn(
        'border-line border-b px-5 py-5 first:pt-4 last:border-b-0 max-md:px-4',
        props.className,
      )}
    >
      {props.title && (
        <div className="mb-2 flex items-baseline justify-between gap-2">
          <h3 className="font-semibold text-base">{props.title}</h3>
          {props.aside && <span className="text-ink-3 text-small">{props.aside}</span>}
        </div>
      )}
      {props.children}
    </section>
  );
}
