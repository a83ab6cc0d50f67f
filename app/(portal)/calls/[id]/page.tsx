import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { CallDetail } from '@/components/calls/call-detail';
import { CallPending } from '@/components/calls/call-pending';
import { isAppError } from '@/lib/core/errors';
import { getCall } from '@/lib/services/calls/get-call';
import type { WireCallDetail } from '@/lib/services/calls/schemas';
import type { ServiceContext } from '@/lib/services/context';
import { requireContext } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('calls');
  return { title: t('title') };
}

/** One call: who, when, how well and how much. One that goes on is followed until it has ended. */
export default async function CallPage({ params }: { params: Promise<{ id: string }> }) {
  const context = await requireContext();
  const { id } = await params;
  const call = await findCall(context, id);
  return call ? <CallDetail call={call} /> : <CallPending callId={id} />;
}

async function findCall(context: ServiceContext, id: string): Promise<WireCallDetail | null> {
  try {
    return await getCall(context, id);
  } catch (error) {
    if (isAppError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
