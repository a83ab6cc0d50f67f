'use client';

import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClientProvider } from '@tanstack/react-query';
import { NextIntlClientProvider } from 'next-intl';
import { ThemeProvider } from 'next-themes';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { type ReactNode, useState } from 'react';
import { ToastProvider } from '@/components/ui/toast';
import { LOCALE, messages } from '@/lib/client/i18n/messages';
import { createQueryClient } from '@/lib/client/query-client';

export interface AppProvidersProps {
  /** Of the page's Content-Security-Policy. */
  nonce: string | undefined;
  children: ReactNode;
}

/**
 * What every page stands in: theme, texts, fetched data, the address bar as state, toasts. The
 * texts are in the script, which is cached, not in every page.
 */
export function AppProviders({ nonce, children }: AppProvidersProps) {
  const [queryClient] = useState(createQueryClient);
  return (
    <ThemeProvider
      attribute="data-theme"
      defaultTheme="system"
      disableTransitionOnChange
      enableColorScheme={false}
      {...(nonce === undefined ? {} : { nonce })}
    >
      <CSPProvider nonce={nonce}>
        <NextIntlClientProvider locale={LOCALE} messages={messages} timeZone="UTC">
          <QueryClientProvider client={queryClient}>
            <NuqsAdapter>
              <Tooltip.Provider delay={400}>
                <ToastProvider>{children}</ToastProvider>
              </Tooltip.Provider>
            </NuqsAdapter>
          </QueryClientProvider>
        </NextIntlClientProvider>
      </CSPProvider>
    </ThemeProvider>
  );
}
