import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ConnectPhone } from '@/components/extensions/connect-phone';
import { BridgeMark } from '@/components/shell/brand-mark';
import { SignInLayout } from '@/components/shell/sign-in-layout';
import { sipAccess } from '@/lib/web/sip-access';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('extensions.connect');
  return { title: t('title'), referrer: 'no-referrer' };
}

/** What a one-time link or a scanned code leads to: SIP credentials, once, for whoever holds it. */
export default async function ConnectPage() {
  return (
    <SignInLayout mark={<BridgeMark />} name="Tollbridge">
      <ConnectPhone access={sipAccess()} />
    </SignInLayout>
  );
}
