import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { CallDetail } from '@/components/calls/call-detail';
import { CallPending } from '@/components/calls/call-pending';
import { isAppError } from '@/lib/core/errors';
import { getCall } from '@/lib/services/calls/get-call';
import type { WireCallDetail } from '@/lib/services/calls/schemas';
import type { ServiceContext } from '@/lib/services/context';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('calls');
  return { title: t('title') };
}

/** One call with the hops that this console may see; one that goes on is followed to its end. */
export default async function ResellerCallPage({ params }: { params: Promise<{ id: string }> }) {
  const context = await requirePermission('calls.read');
  const { id } = await params;
  const call = await findCall(context, id);
  if (call) return <CallDetail call={call} />;
  return <CallPending callId={id} home="/reseller/calls" />;
}

async function findCall(context: ServiceContext, id: string): Promise<WireCallDetail | null> {
  try {
    return await getCall(context, id);
  } catch (error) {
    if (isAppError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
