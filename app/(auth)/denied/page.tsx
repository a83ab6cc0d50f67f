import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { AuthFrame } from '@/app/(auth)/auth-frame';
import { DeniedState } from '@/components/patterns/states';
import { ButtonLink } from '@/components/ui/button';
import { grantOf } from '@/lib/services/access/roles';
import { homePath, requireActor } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('auth.denied');
  return { title: t('pageTitle') };
}

interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Which role lacks a thing and which has it; a thing of another kind of account has no one to ask. */
export default async function DeniedPage({ searchParams }: PageProps) {
  const { permission } = await searchParams;
  const actor = await requireActor();
  const t = await getTranslations('auth.denied');
  const grant = typeof permission === 'string' ? grantOf(permission) : null;
  const inKind = grant?.kinds.includes(actor.accountKind) ?? false;
  // Their role was changed meanwhile, or the address is an old one.
  if (inKind && grant?.roles.includes(actor.role)) redirect(homePath(actor.accountKind));
  return (
    <AuthFrame>
      <h1 className="sr-only">{t('pageTitle')}</h1>
      <DeniedState
        className="px-0"
        title={inKind ? t('title') : t('kind')}
        role={actor.role}
        grantedTo={inKind ? grant?.roles : undefined}
        action={
          <ButtonLink href={homePath(actor.accountKind)} variant="primary">
            {t('home')}
          </ButtonLink>
        }
      />
    </AuthFrame>
  );
}
