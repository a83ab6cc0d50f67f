'use client';

import { useTranslations } from 'next-intl';
import { CallLinks } from '@/components/calls/call-links';
import type { WireTrace } from '@/lib/services/traces/schemas';

/** Where the signalling goes on: the calls linked with this one of which some is kept. */
export function TraceLinks({ trace }: { trace: WireTrace }) {
  const t = useTranslations('calls.signalling');
  if (trace.links.length === 0) return null;
  return (
    <div className="mt-1 flex flex-col gap-1">
      <p>{t('more')}</p>
      <CallLinks links={trace.links} />
    </div>
  );
}
