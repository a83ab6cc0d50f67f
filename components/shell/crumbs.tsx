'use client';

import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { createContext, Fragment, type ReactNode, useContext, useEffect, useState } from 'react';

export interface Crumb {
  label: string;
  href?: string | undefined;
}

interface CrumbState {
  crumbs: readonly Crumb[];
  setCrumbs: (crumbs: readonly Crumb[]) => void;
}

const CrumbContext = createContext<CrumbState>({ crumbs: [], setCrumbs: () => undefined });

/** Holds what a page adds to the path in the top bar. */
export function CrumbProvider({ children }: { children: ReactNode }) {
  const [crumbs, setCrumbs] = useState<readonly Crumb[]>([]);
  return <CrumbContext value={{ crumbs, setCrumbs }}>{children}</CrumbContext>;
}

/** On a page below a place of the navigation: what this one is called, and what lies between. */
export function PageCrumbs({ crumbs }: { crumbs: readonly Crumb[] }) {
  const { setCrumbs } = useContext(CrumbContext);
  const written = JSON.stringify(crumbs);
  useEffect(() => {
    setCrumbs(JSON.parse(written) as Crumb[]);
    return () => setCrumbs([]);
  }, [written, setCrumbs]);
  return null;
}

/** The page's own part of the path. */
export function usePageCrumbs(): readonly Crumb[] {
  return useContext(CrumbContext).crumbs;
}

/** Where the reader is; the last one is this page. */
export function CrumbTrail({ crumbs }: { crumbs: readonly Crumb[] }) {
  const t = useTranslations('shell');
  return (
    <nav aria-label={t('whereYouAre')} className="min-w-0 max-md:hidden">
      <ol className="flex min-w-0 items-center gap-2">
        {crumbs.map((crumb, index) => {
          const isLast = index === crumbs.length - 1;
          return (
            <Fragment key={`${crumb.label} ${crumb.href ?? ''}`}>
              {index > 0 && (
                <li aria-hidden className="text-ink-3">
                  <ChevronRight className="icon-dense rtl:rotate-180" />
                </li>
              )}
              <li className={isLast ? 'min-w-0 truncate font-medium' : 'shrink-0 text-ink-2'}>
                {crumb.href !== undefined && !isLast ? (
                  <Link href={crumb.href} className="rounded-badge hover:text-ink">
                    {crumb.label}
                  </Link>
                ) : (
                  <span aria-current={isLast ? 'page' : undefined}>{crumb.label}</span>
                )}
              </li>
            </Fragment>
          );
        })}
      </ol>
    </nav>
  );
}
