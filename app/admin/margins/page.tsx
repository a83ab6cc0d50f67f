import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { MarginsPage } from '@/components/margins/margins-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('margins');
  return { title: t('title') };
}

/** What calls earned, and what of it was kept. */
export default async function AdminMarginsPage() {
  await requirePermission('margins.read');
  return <MarginsPage />;
}
