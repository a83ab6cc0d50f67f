import type { ReactNode } from 'react';
import { Dot, type StatusTone } from '@/components/ui/dot';

export interface TimelineEvent {
  id: string;
  tone?: StatusTone;
  title: ReactNode;
  detail?: ReactNode;
  /** When, at the end of the line: a DateTime. */
  at?: ReactNode;
}

/** What happened, newest first unless the caller says otherwise. Left to right everywhere. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  return (
    <ol className="flex flex-col gap-2 px-4 py-3.5">
      {events.map((event) => (
        <li key={event.id} className="flex items-start gap-3">
          <Dot tone={event.tone ?? 'never'} className="mt-1.5" />
          <span className="min-w-0 flex-1">
            <span className="block font-medium">{event.title}</span>
            {event.detail && <span className="block text-ink-3 text-small">{event.detail}</span>}
          </span>
          {event.at && <span className="shrink-0 text-ink-3 text-small">{event.at}</span>}
        </li>
      ))}
    </ol>
  );
}

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
    <div dir="ltr" className="overflow-x-auto px-4 py-3">
      <ol className="flex min-w-120">
        {segments.map((segment, index) => (
          <li key={segment.id} style={{ flexGrow: segment.share / sum, flexBasis: 0 }}>
            <span aria-hidden className={`block h-2 ${segmentTones[segment.tone]}`} />
            <span className="mt-1 flex justify-between border-line-strong border-s ps-2">
              <SegmentWords tone={segment.tone} label={segment.label} at={segment.at} />
              {index === segments.length - 1 && (
                <span className="border-line-strong border-e pe-2 text-end">
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
      <span
        className={`block font-medium ${props.tone === 'trouble' ? 'text-amber-text' : 'text-ink'}`}
      >
        {props.label}
      </span>
      <span className="block text-ink-3">{props.at}</span>
    </span>
  );
}
