import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';

/** waiting: dialled · ringing · answered · trouble. */
export type SegmentTone = 'dialled' | 'ringing' | 'answered' | 'trouble';

const segmentTones: Record<SegmentTone, string> = {
  dialled: 'bg-line-control',
  ringing: 'bg-bar',
  answered: 'bg-green',
  trouble: 'bg-amber',
};

export interface TimelineSegment {
  id: string;
  tone: SegmentTone;
  /** Its share of the width; set-up is stretched, so this is no scale: write the times out. */
  share: number;
  label: ReactNode;
  at: ReactNode;
}

export interface SegmentTimelineProps {
  segments: readonly TimelineSegment[];
  /** How it ended, at the end of the line. */
  end: { label: ReactNode; at: ReactNode };
}

/** A call from dialling to hanging up, 8 high. */
export function SegmentTimeline({ segments, end }: SegmentTimelineProps) {
  const sum = segments.reduce((total, segment) => total + segment.share, 0) || 1;
  return (
    <div dir="ltr" className="@container px-4 py-3">
      <ol className="flex @max-2xl:flex-col @max-2xl:gap-2">
        {segments.map((segment, index) => (
          <li key={segment.id} style={{ flexGrow: segment.share / sum, flexBasis: 0 }}>
            <span
              aria-hidden
              className={cn('block h-2 @max-2xl:h-1', segmentTones[segment.tone])}
            />
            <span className="mt-1 flex justify-between border-line-strong ps-2 @2xl:border-s @max-2xl:ps-0">
              <SegmentWords tone={segment.tone} label={segment.label} at={segment.at} />
              {index === segments.length - 1 && (
                <span className="border-line-strong text-end @2xl:border-e @2xl:pe-2">
                  <SegmentWords label={end.label} at={end.at} />
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function SegmentWords(props: { tone?: SegmentTone; label: ReactNode; at: ReactNode }) {
  return (
    <span className="block whitespace-nowrap text-small">
      <span className={cn('block font-medium', props.tone === 'trouble' && 'text-amber-text')}>
        {props.label}
      </span>
      <span className="block text-ink-3">{props.at}</span>
    </span>
  );
}
