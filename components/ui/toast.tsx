'use client';

import { Toast as Base } from '@base-ui/react/toast';
import { Check, CircleAlert, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useMemo } from 'react';

/** An act that can be undone waits this long before it is out of sight. */
const UNDO_MS = 8_000;
const DONE_MS = 5_000;

interface ToastData {
  undo?: () => void;
}

/** Holds the toasts; once, around the application. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider timeout={DONE_MS} limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-4 bottom-20 z-50 mx-auto flex max-w-md flex-col gap-2 outline-none md:bottom-6">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList() {
  const t = useTranslations('ui');
  const { toasts, close } = Base.useToastManager<ToastData>();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className="rounded-panel border border-transparent bg-inverse text-on-inverse shadow-2 transition-[opacity,translate] duration-[180ms] data-limited:hidden data-ending-style:translate-y-2 data-starting-style:translate-y-2 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:border-inverse-line"
    >
      <Base.Content className="flex min-h-10 items-center gap-2.5 py-2 ps-3.5 pe-2.5">
        {toast.type === 'error' ? (
          <CircleAlert aria-hidden className="text-inverse-red" />
        ) : (
          <Check aria-hidden className="text-inverse-green" />
        )}
        <span className="min-w-0 flex-1">
          <Base.Title className="block" />
          <Base.Description className="block text-on-inverse-2 text-small" />
        </span>
        {toast.data?.undo && (
          <button
            type="button"
            className="h-6 rounded-badge px-1 font-semibold underline underline-offset-2 focus-visible:outline-on-inverse"
            onClick={() => {
              toast.data?.undo?.();
              close(toast.id);
            }}
          >
            {t('undo')}
          </button>
        )}
        <Base.Close
          aria-label={t('close')}
          className="flex size-6 items-center justify-center rounded-badge text-on-inverse-2 hover:text-on-inverse focus-visible:outline-on-inverse"
        >
          <X aria-hidden className="icon-dense" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}

export interface Toasts {
  /** It was done. */
  done: (title: ReactNode, description?: ReactNode) => void;
  /** It was done and can be undone for eight seconds. */
  undoable: (title: ReactNode, undo: () => void) => void;
  /** It was not done; stays until it is closed. */
  failed: (title: ReactNode, description?: ReactNode) => void;
}

/** Says what just happened, at the foot of the window. Works below ToastProvider. */
export function useToast(): Toasts {
  const { add } = Base.useToastManager<ToastData>();
  return useMemo(
    () => ({
      done: (title, description) => add({ title, description }),
      undoable: (title, undo) => add({ title, timeout: UNDO_MS, data: { undo } }),
      failed: (title, description) =>
        add({ title, description, type: 'error', timeout: 0, priority: 'high' }),
    }),
    [add],
  );
}
