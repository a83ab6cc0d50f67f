/** The box of menus, selects and palettes. */
export const popupClass =
  'rounded-panel bg-raised text-ink shadow-1 outline-none transition-opacity duration-[180ms] data-ending-style:opacity-0 data-starting-style:opacity-0 data-instant:transition-none';

/** One line of it. */
export const popupItemClass =
  'flex min-h-7 select-none items-center gap-2.5 rounded-control px-2 text-base text-ink-2 outline-none data-disabled:text-ink-3 data-disabled:opacity-60 data-highlighted:bg-hover data-highlighted:text-ink touch:min-h-10';
