'use client';

import { Pause, Play } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { apiUrl } from '@/lib/client/api';
import { formatClock } from '@/lib/client/format/duration';
import { useItem } from '@/lib/client/use-item';
import { recordingPeaksSchema, type WireRecording } from '@/lib/services/recordings/schemas';
import { SPEEDS, usePlayer } from './use-player';
import { Waveform } from './waveform';

const MS = 1_000;

/** Who speaks on which channel. */
export interface Parties {
  caller: string;
  callee: string;
}

/** Plays a recording: both voices in a picture, the caller's heard left, the callee's right. */
export function RecordingPlayer({
  recording,
  parties,
}: {
  recording: WireRecording;
  parties: Parties;
}) {
  const t = useTranslations('recordings');
  const player = usePlayer();
  const peaks = useItem({
    path: '/recordings',
    id: `${recording.id}/peaks`,
    response: recordingPeaksSchema,
  });
  const { isPlaying, atMs } = player;
  return (
    <div className="flex flex-col gap-3">
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said */}
      <audio ref={player.audio} preload="none" src={apiUrl(`/recordings/${recording.id}/audio`)} />
      {peaks.data ? (
        <Waveform peaks={peaks.data} {...parties} atMs={atMs} onSeek={player.seek} />
      ) : (
        <Skeleton className="h-28 w-full" />
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button
          size="sm"
          variant="primary"
          icon={isPlaying ? <Pause aria-hidden /> : <Play aria-hidden />}
          onClick={player.toggle}
        >
          {t(isPlaying ? 'pause' : 'play')}
        </Button>
        <span className="text-ink-2">
          {formatClock(Math.floor(atMs / MS))}{' '}
          <span className="text-ink-3">
            {t('ofWhole', { whole: formatClock(Math.floor((recording.durationMs ?? 0) / MS)) })}
          </span>
        </span>
        <Segmented
          label={t('speed')}
          segments={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
          value={player.speed}
          onValueChange={player.setSpeed}
          className="ms-auto"
        />
      </div>
      {player.hasFailed && <Notice tone="red">{t('notPlayable')}</Notice>}
    </div>
  );
}
