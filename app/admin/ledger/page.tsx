import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { BooksPage } from '@/components/ledger/books-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('ledger');
  return { title: t('title') };
}

/** Whether the books are in order. */
export default async function AdminLedgerPage() {
  await requirePermission('ledger.verify');
  return <BooksPage />;
}
