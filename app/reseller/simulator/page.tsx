import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { SimulatorPage } from '@/components/simulator/simulator-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('simulator');
  return { title: t('title') };
}

/** What would become of a call, without a call. */
export default async function ResellerSimulatorPage() {
  await requirePermission('calls.simulate');
  return <SimulatorPage />;
}
