'use client';

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { cn } from './cn';

export interface ScrollBoxProps {
  className?: string | undefined;
  children: ReactNode;
}

/** Scrolls where its content is wider or higher, and only then can be reached by keyboard. */
export function ScrollBox({ className, children }: ScrollBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  const [isScrolling, setScrolling] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () =>
      setScrolling(
        element.scrollWidth > element.clientWidth + 1 ||
          element.scrollHeight > element.clientHeight + 1,
      );
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // What it holds may change while the box keeps its size.
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      {...(isScrolling ? { tabIndex: 0 } : {})}
      className={cn('focus-inside overflow-x-auto', className)}
    >
      {children}
    </div>
  );
}
