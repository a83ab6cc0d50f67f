'use client';

import { useTranslations } from 'next-intl';
import { Duration } from '@/components/patterns/duration';
import { Panel } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { Badge } from '@/components/ui/badge';
import { Notice } from '@/components/ui/notice';
import { Spinner } from '@/components/ui/spinner';
import { useItem } from '@/lib/client/use-item';
import { recordingPageSchema, type WireRecording } from '@/lib/services/recordings/schemas';
import { MAKING_MS, recordingsQuery } from './queries';
import { RecordingActions } from './recording-actions';
import { type Parties, RecordingPlayer } from './recording-player';

const MS = 1_000;

const isBeingMade = ({ state }: WireRecording): boolean =>
  state === 'capturing' || state === 'processing';

/** What was recorded of a call that has ended; nothing where nothing was, or it is not theirs to hear. */
export function RecordingPanel({ callId, parties }: { callId: string; parties: Parties }) {
  const mayRead = useMay('recordings.read');
  return mayRead ? <Recordings callId={callId} parties={parties} /> : null;
}

function Recordings({ callId, parties }: { callId: string; parties: Parties }) {
  const t = useTranslations('recordings');
  const query = recordingsQuery(callId);
  const request = { path: '/recordings', query, response: recordingPageSchema } as const;
  const first = useItem(request);
  const isMaking = first.data?.items.some(isBeingMade) === true;
  const { data } = useItem({ ...request, refreshEveryMs: isMaking ? MAKING_MS : undefined });
  const items = data?.items ?? [];
  return items.map((recording) => (
    <Panel
      key={recording.id}
      title={t('title')}
      note={recording.durationMs !== null && <Duration seconds={recording.durationMs / MS} />}
      actions={<RecordingActions recording={recording} />}
      padded
    >
      <RecordingBody recording={recording} parties={parties} />
      <RecordingFacts recording={recording} />
    </Panel>
  ));
}

function RecordingBody({ recording, parties }: { recording: WireRecording; parties: Parties }) {
  const t = useTranslations('recordings');
  const mayPlay = useMay('recordings.play');
  if (recording.state === 'failed') return <Notice tone="red">{t('failed')}</Notice>;
  if (isBeingMade(recording)) {
    return (
      <p className="flex items-center gap-2 text-ink-2">
        <Spinner />
        {t('making')}
      </p>
    );
  }
  if (!mayPlay) return <p className="text-ink-3">{t('notYours')}</p>;
  return <RecordingPlayer recording={recording} parties={parties} />;
}

/** By which consent it was made, and what is to be known of it. */
function RecordingFacts({ recording }: { recording: WireRecording }) {
  const t = useTranslations('recordings');
  return (
    <p className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-3 text-small">
      <span>{t(`consents.${recording.consent}`)}</span>
      <span>{t(recording.automatic ? 'byRule' : 'onDemand')}</span>
      {recording.encrypted && <span>{t('encrypted')}</span>}
      {recording.expiresAt !== null && (
        <span>{t('keptUntil', { date: new Date(recording.expiresAt) })}</span>
      )}
      {recording.incomplete && <Badge tone="amber">{t('incomplete')}</Badge>}
    </p>
  );
}
