import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { AuthFrame } from '@/app/(auth)/auth-frame';
import { SignInForm } from '@/components/auth/sign-in-form';
import { SignInHead } from '@/components/shell/sign-in-layout';
import { ButtonLink } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { safeReturnPath } from '@/lib/web/return-path';
import { currentContext, currentHost, homePath } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('auth');
  const { domain } = await currentHost();
  return { title: { absolute: `${t('signIn.title')} · ${domain?.accountName ?? t('product')}` } };
}

interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SignInPage({ searchParams }: PageProps) {
  const query = await searchParams;
  const next = safeReturnPath(typeof query['next'] === 'string' ? query['next'] : null);
  const context = await currentContext();
  if (context) redirect(next ?? homePath(context.actor.accountKind));
  const host = await currentHost();
  const t = await getTranslations('auth');
  const signedOut = query['signed-out'] !== undefined;
  return (
    <AuthFrame>
      {host.known ? (
        <SignInForm
          next={next ?? '/'}
          notice={
            signedOut && (
              <Notice tone="neutral" className="mb-4">
                {t('signIn.signedOut')}
              </Notice>
            )
          }
        />
      ) : (
        <UnknownHost origin={host.origin} />
      )}
    </AuthFrame>
  );
}

/** Nobody signs in at an address that is not the portal's: it could be anybody's. */
async function UnknownHost({ origin }: { origin: string }) {
  const t = await getTranslations('auth.unknownHost');
  return (
    <>
      <SignInHead title={t('title')} note={t('text')} />
      <ButtonLink href={`${origin}/sign-in`} variant="primary" size="lg" wide>
        {t('open', { host: new URL(origin).host })}
      </ButtonLink>
    </>
  );
}
