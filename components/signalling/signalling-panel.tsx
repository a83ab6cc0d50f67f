'use client';

import { Download } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Panel } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { useIsPhone } from '@/components/patterns/use-is-phone';
import { useMay } from '@/components/portal/me-context';
import { buttonClass } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { apiUrl } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import { traceSchema, type WireTrace, type WireTraceMessage } from '@/lib/services/traces/schemas';
import { CaptureButton } from './capture-button';
import { Ladder } from './ladder';
import { type Lifeline, ladderOf } from './ladder-model';
import { MessageList } from './message-list';
import { NotKept } from './not-kept';
import { RawMessage } from './raw-message';
import { TraceLinks } from './trace-links';

/** A call that goes on has new messages; one that has ended has none. */
const ASK_AGAIN_MS = 3_000;

type View = 'ladder' | 'list';

/** A call's signalling: who sent what to whom, as far as it is kept and the viewer's to see. */
export function SignallingPanel({ callId, isLive }: { callId: string; isLive: boolean }) {
  const mayTrace = useMay('calls.trace');
  return mayTrace ? <Signalling callId={callId} isLive={isLive} /> : null;
}

function Signalling({ callId, isLive }: { callId: string; isLive: boolean }) {
  const t = useTranslations('calls.signalling');
  const [view, setView] = useState<View | null>(null);
  const isPhone = useIsPhone();
  const path = `/calls/${callId}/trace`;
  const { data, error, refetch } = useItem({
    path,
    response: traceSchema,
    refreshEveryMs: isLive ? ASK_AGAIN_MS : undefined,
  });
  if (!data) {
    return (
      <Panel title={t('title')}>
        {error ? (
          <ErrorState title={t('failed')} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        ) : (
          <Skeleton className="m-4 h-24" />
        )}
      </Panel>
    );
  }
  if (data.messages.length === 0) return <NotKept trace={data} isLive={isLive} />;
  const shown = view ?? (isPhone ? 'list' : 'ladder');
  return (
    <Panel
      title={t('title')}
      note={t('note', { messages: data.messages.length, legs: data.legs.length })}
      actions={
        <>
          <CaptureButton trace={data} />
          <a
            href={apiUrl(`/calls/${callId}/trace.pcap`)}
            download
            className={buttonClass({ variant: 'quiet', size: 'sm' })}
          >
            <Download aria-hidden className="icon-dense" />
            {t('download')}
          </a>
          <Segmented
            label={t('view')}
            value={shown}
            onValueChange={setView}
            segments={[
              { value: 'ladder', label: t('ladder') },
              { value: 'list', label: t('list') },
            ]}
          />
        </>
      }
      foot={<Foot trace={data} />}
    >
      <Messages trace={data} view={shown} onView={setView} />
    </Panel>
  );
}

function Messages(props: { trace: WireTrace; view: View; onView: (view: View) => void }) {
  const { trace, view, onView } = props;
  const t = useTranslations('calls.signalling');
  const [selected, setSelected] = useState<number | null>(null);
  const nameOfLeg = useLegNames(trace);
  const nameOf = (message: WireTraceMessage) => nameOfLeg(message.leg).name;
  const layout = ladderOf(trace);
  const names = layout.lifelines.map((line: Lifeline) =>
    line.kind === 'switch' ? { name: t('switch'), place: t('switchPlace') } : nameOfLeg(line.leg),
  );
  const message = selected === null ? undefined : trace.messages[selected];
  return (
    <>
      {trace.isTruncated && (
        <Notice tone="amber" className="m-3">
          {t('truncated')}
        </Notice>
      )}
      {view === 'ladder' ? (
        <Ladder
          layout={layout}
          names={names}
          selected={selected}
          onSelect={setSelected}
          onList={() => onView('list')}
        />
      ) : (
        <MessageList
          messages={trace.messages}
          nameOf={nameOf}
          selected={selected}
          onSelect={setSelected}
        />
      )}
      {message && <RawMessage message={message} party={nameOf(message)} />}
    </>
  );
}

/** Who a leg is, and from where it spoke. */
function useLegNames(trace: WireTrace): (leg: number) => { name: string; place: string } {
  const t = useTranslations('calls.signalling');
  return (leg) => {
    const found = trace.legs.find((one) => one.leg === leg);
    const fallback = leg === 0 ? t('caller') : t('attempt', { number: leg });
    if (!found) return { name: fallback, place: '' };
    const { name, kind, remote, transport } = found;
    const known = name !== null && kind === 'extension' ? t('extension', { number: name }) : name;
    return { name: known ?? fallback, place: `${remote.address} · ${transport.toUpperCase()}` };
  };
}

function Foot({ trace }: { trace: WireTrace }) {
  const t = useTranslations('calls.signalling');
  const hidden = t('hidden');
  const until = trace.expiresAt && t('keptUntil', { date: new Date(trace.expiresAt) });
  return (
    <>
      {until ? `${hidden} ${until}` : hidden}
      <TraceLinks trace={trace} />
    </>
  );
}
