import type { ReactNode } from 'react';
import { Mark } from '@/components/ui/avatar';

export interface SignInLayoutProps {
  /** Whose portal this is: the product's mark, or a reseller's. */
  mark: ReactNode;
  name: string;
  /** At the end of the window from 1024 on: whether all is well, planned work, help. */
  status?: ReactNode;
  /** Privacy, terms. */
  foot?: ReactNode;
  /** The form, 360 wide. */
  children: ReactNode;
}

/** The way in: what is asked for at the start, how the service is at the end. */
export function SignInLayout({ mark, name, status, foot, children }: SignInLayoutProps) {
  return (
    <div className="flex min-h-dvh">
      <div className="flex min-w-0 flex-1 flex-col px-16 py-10 max-md:px-4 max-md:py-6">
        <header className="flex items-center gap-3">
          <Mark tone="accent" className="size-8 rounded-panel [&>svg]:size-5">
            {mark}
          </Mark>
          <span className="text-title-sm">{name}</span>
        </header>
        <main className="flex flex-1 items-center justify-center py-10">
          <div className="w-full max-w-90">{children}</div>
        </main>
        <footer className="flex min-h-6 items-center gap-4 text-ink-3 text-small">{foot}</footer>
      </div>
      {status && (
        <aside className="hidden w-[38.9%] max-w-xl items-center justify-center bg-accent-tint px-16 lg:flex">
          <div className="w-full max-w-104 divide-y divide-accent-line [&>*]:py-6">{status}</div>
        </aside>
      )}
    </div>
  );
}

/** The heading of the form: what, and into what. */
export function SignInHead({ title, note }: { title: ReactNode; note?: ReactNode }) {
  return (
    <header className="mb-6">
      <h1 className="text-figure">{title}</h1>
      {note && <p className="mt-1 text-ink-2">{note}</p>}
    </header>
  );
}
