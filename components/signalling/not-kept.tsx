'use client';

import { useTranslations } from 'next-intl';
import { Panel } from '@/components/patterns/panel';
import { EmptyState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import type { WireTrace } from '@/lib/services/traces/schemas';
import { CaptureButton } from './capture-button';
import { TraceLinks } from './trace-links';

/** Nothing to draw: why, and how it comes to be kept the next time. */
export function NotKept({ trace, isLive }: { trace: WireTrace; isLive: boolean }) {
  const t = useTranslations('calls.signalling');
  const mayDecide = useMay('tenants.capture');
  const { capture } = trace;
  const isOff = capture !== null && !capture.enabled;
  return (
    <Panel title={t('title')} foot={trace.links.length > 0 && <TraceLinks trace={trace} />}>
      <EmptyState
        title={t(isOff ? 'empty.off' : isLive ? 'empty.live' : 'empty.none')}
        action={isOff && mayDecide && <CaptureButton trace={trace} isFirst />}
      >
        {t(isOff ? (mayDecide ? 'empty.offText' : 'empty.askText') : 'empty.noneText')}
      </EmptyState>
    </Panel>
  );
}
