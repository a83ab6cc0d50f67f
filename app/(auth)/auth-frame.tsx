import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { StatusPanel } from '@/components/auth/status-panel';
import { BridgeMark } from '@/components/shell/brand-mark';
import { SignInLayout } from '@/components/shell/sign-in-layout';
import { currentHost } from '@/lib/web/session';

/** The frame of the pages that lead in; on a reseller's own domain it bears their name. */
export async function AuthFrame({ children }: { children: ReactNode }) {
  const t = await getTranslations('auth');
  const { domain } = await currentHost();
  const name = domain?.accountName ?? t('product');
  const mark = domain ? name.charAt(0).toLocaleUpperCase() : <BridgeMark />;
  return (
    <SignInLayout mark={mark} name={name} status={<StatusPanel />}>
      {children}
    </SignInLayout>
  );
}
