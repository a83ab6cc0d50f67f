'use client';

import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { formatClock } from '@/lib/client/format/duration';
import type { WireRecordingPeaks } from '@/lib/services/recordings/schemas';
import { channelPath, VIEW_HEIGHT } from './waveform-path';

const MS = 1_000;
/** An arrow key moves by so much. */
const STEP_MS = 1_000;

export interface WaveformProps {
  peaks: WireRecordingPeaks;
  caller: string;
  callee: string;
  atMs: number;
  onSeek: (toMs: number) => void;
}

/** Both voices as they rise and fall, the caller's above; where it is, and a way to go elsewhere. */
export function Waveform({ peaks, caller, callee, atMs, onSeek }: WaveformProps) {
  const t = useTranslations('recordings');
  const id = useId();
  const { durationMs } = peaks;
  const share = durationMs === 0 ? 0 : Math.min(1, atMs / durationMs);
  return (
    // Time runs from left to right in any language's waveform.
    <div dir="ltr" className="relative flex flex-col gap-2">
      <Channel name={caller} levels={peaks.caller} share={share} />
      <Channel name={callee} levels={peaks.callee} share={share} />
      {share > 0 && (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-y-0 w-px bg-accent-text"
          style={{ left: `${share * 100}%` }}
        />
      )}
      <label htmlFor={id} className="sr-only">
        {t('position')}
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={durationMs}
        step={STEP_MS / 10}
        value={Math.round(atMs)}
        aria-valuetext={t('positionOf', {
          at: formatClock(Math.floor(atMs / MS)),
          whole: formatClock(Math.floor(durationMs / MS)),
        })}
        onChange={(event) => onSeek(Number(event.target.value))}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -STEP_MS, ArrowRight: STEP_MS }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          onSeek(Math.min(durationMs, Math.max(0, atMs + by)));
        }}
        className="absolute inset-0 m-0 size-full cursor-pointer appearance-none rounded-small bg-transparent [&::-moz-range-thumb]:opacity-0 [&::-webkit-slider-thumb]:opacity-0"
      />
    </div>
  );
}

interface ChannelProps {
  name: string;
  levels: readonly number[];
  /** How much of it is over. */
  share: number;
}

function Channel({ name, levels, share }: ChannelProps) {
  const path = channelPath(levels);
  const view = `0 0 ${Math.max(1, levels.length)} ${VIEW_HEIGHT}`;
  return (
    <div className="flex flex-col gap-0.5">
      <span className="truncate text-ink-3 text-small">{name}</span>
      <span aria-hidden className="relative block h-10">
        {(['rest', 'over'] as const).map((part) => (
          <svg
            key={part}
            viewBox={view}
            preserveAspectRatio="none"
            role="presentation"
            className={
              part === 'over'
                ? 'absolute inset-0 size-full text-bar-strong'
                : 'absolute inset-0 size-full text-bar'
            }
            style={part === 'over' ? { clipPath: `inset(0 ${(1 - share) * 100}% 0 0)` } : undefined}
          >
            <path d={path} stroke="currentColor" strokeWidth={0.7} />
          </svg>
        ))}
      </span>
    </div>
  );
}
