'use client';

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { cn } from './cn';

export interface ScrollBoxProps {
  className?: string | undefined;
  children: ReactNode;
}

/** Scrolls sideways where its content is wider, and only then can be reached by keyboard. */
export function ScrollBox({ className, children }: ScrollBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  const [isScrolling, setScrolling] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setScrolling(element.scrollWidth > element.clientWidth + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
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
