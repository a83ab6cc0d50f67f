'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { ScrollBox } from '@/components/ui/scroll-box';
import type { LadderMessage, Ladder as Layout, Lifeline, MessageTone } from './ladder-model';
import { formatOffset } from './offset';

/** Lifelines stand this far apart; a message takes one row (TOKENS, SIP ladder). */
const LIFELINE_GAP = 232;
const ROW = 22;
const BAND_ROWS = 1.75;
/** Room for the times before the first lifeline, and for half a name behind the last. */
const START = 84;
const END = 84;
const HEAD = 12;
const ARROW = 6;

export interface LadderProps {
  layout: Layout;
  /** What stands above each lifeline: who, and where. */
  names: readonly { readonly name: string; readonly place: string }[];
  selected: number | null;
  onSelect: (index: number) => void;
  /** Says the same in words: for those who read, and the way there by keyboard. */
  onList: () => void;
}

/** A call's messages in time, drawn between those who sent them; arrow keys or a click select. */
export function Ladder({ layout, names, selected, onSelect, onList }: LadderProps) {
  const t = useTranslations('calls.signalling');
  const id = useId();
  const { lifelines, messages, band } = layout;
  const width = START + LIFELINE_GAP * (lifelines.length - 1) + END;
  const bandHeight = band ? ROW * BAND_ROWS : 0;
  const height = HEAD + messages.length * ROW + bandHeight + ROW / 2;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(event.key, selected, messages.length);
    if (next === null) return;
    event.preventDefault();
    onSelect(next);
  };
  return (
    <ScrollBox className="relative pb-1">
      <Button
        size="sm"
        onClick={onList}
        className="not-focus-visible:sr-only absolute start-2 top-2 z-10"
      >
        {t('asList')}
      </Button>
      <div dir="ltr" style={{ width }} className="mx-auto">
        <Names lifelines={lifelines} names={names} />
        <div
          role="listbox"
          aria-label={t('ladderLabel', { count: messages.length })}
          aria-activedescendant={selected === null ? undefined : `${id}-${selected}`}
          tabIndex={0}
          onKeyDown={onKeyDown}
          className="focus-inside"
        >
          <svg width={width} height={height} role="presentation" className="block text-micro">
            {lifelines.map((line, place) => (
              <line
                key={line.kind === 'switch' ? 'switch' : line.leg}
                x1={xOf(place)}
                x2={xOf(place)}
                y1={0}
                y2={height}
                className="stroke-line-strong"
              />
            ))}
            {band && <MediaBand layout={layout} y={yOf(layout, band.after) + ROW / 2} />}
            {messages.map((row) => (
              <Row
                key={row.index}
                id={`${id}-${row.index}`}
                row={row}
                y={yOf(layout, row.index)}
                width={width}
                isSelected={row.index === selected}
                words={t('ladderMessage', {
                  time: formatOffset(row.message.offsetMs),
                  message: row.message.title,
                  from: names[row.from]?.name ?? '',
                  to: names[row.to]?.name ?? '',
                })}
                onSelect={onSelect}
              />
            ))}
          </svg>
        </div>
      </div>
    </ScrollBox>
  );
}

const xOf = (place: number): number => START + place * LIFELINE_GAP;

function yOf({ band }: Layout, index: number): number {
  const below = band !== null && index > band.after ? ROW * BAND_ROWS : 0;
  return HEAD + index * ROW + ROW / 2 + below;
}

/** Which message a key leads to; null: the key is none of ours. */
function moved(key: string, selected: number | null, count: number): number | null {
  const last = count - 1;
  switch (key) {
    case 'ArrowDown':
      return selected === null ? 0 : Math.min(last, selected + 1);
    case 'ArrowUp':
      return selected === null ? last : Math.max(0, selected - 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

function Names({
  lifelines,
  names,
}: {
  lifelines: readonly Lifeline[];
  names: LadderProps['names'];
}) {
  return (
    <div aria-hidden className="relative h-11">
      {lifelines.map((line, place) => (
        <span
          key={line.kind === 'switch' ? 'switch' : line.leg}
          style={{ left: xOf(place) - LIFELINE_GAP / 2, width: LIFELINE_GAP }}
          className="absolute top-2 flex flex-col items-center px-8"
        >
          <span className="max-w-full truncate font-semibold text-small">{names[place]?.name}</span>
          <span className="max-w-full truncate text-ink-3 text-micro">{names[place]?.place}</span>
        </span>
      ))}
    </div>
  );
}

const strokes: Record<MessageTone, string> = {
  plain: 'stroke-ink-3',
  amber: 'stroke-amber',
  red: 'stroke-red',
};
const fills: Record<MessageTone, string> = {
  plain: 'fill-ink-3',
  amber: 'fill-amber',
  red: 'fill-red',
};
const inks: Record<MessageTone, string> = {
  plain: 'fill-ink-2',
  amber: 'fill-amber-text',
  red: 'fill-red-text',
};

interface RowProps {
  id: string;
  row: LadderMessage;
  y: number;
  width: number;
  isSelected: boolean;
  /** What it says, for those who do not see it. */
  words: string;
  onSelect: (index: number) => void;
}

function Row({ id, row, y, width, isSelected, words, onSelect }: RowProps) {
  const t = useTranslations('calls.signalling');
  const element = useRef<SVGGElement>(null);
  useEffect(() => {
    if (isSelected) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  const { message, from, to, tone, isStrong } = row;
  const [x1, x2] = [xOf(from), xOf(to)];
  const tip = x2 > x1 ? -ARROW : ARROW;
  const notes = notesOf(row, t);
  return (
    <g
      ref={element}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-label={words}
      onClick={() => onSelect(row.index)}
      className="group cursor-pointer outline-none"
    >
      <rect
        x={0}
        y={y - ROW / 2}
        width={width}
        height={ROW}
        className={isSelected ? 'fill-selected' : 'fill-transparent group-hover:fill-hover'}
      />
      <text x={8} y={y + 8} className="fill-ink-3">
        {formatOffset(message.offsetMs)}
      </text>
      <line
        x1={x1}
        x2={x2 + tip}
        y1={y + 5}
        y2={y + 5}
        strokeDasharray={message.isRepetition ? '3 3' : undefined}
        className={cn('stroke-[1.25]', isSelected ? 'stroke-accent-text' : strokes[tone])}
      />
      <path
        d={`M${x2} ${y + 5} l${tip} -3.5 v7 z`}
        className={isSelected ? 'fill-accent-text' : fills[tone]}
      />
      <text
        x={(x1 + x2) / 2}
        y={y + 1}
        textAnchor="middle"
        className={cn(
          isSelected ? 'fill-accent-text' : inks[tone],
          isStrong && 'font-semibold',
          isStrong && !isSelected && tone === 'plain' && 'fill-ink',
        )}
      >
        {message.title.slice(0, MAX_TITLE)}
        {notes !== '' && (
          <tspan dx={5} className="fill-ink-3 font-normal">
            {notes}
          </tspan>
        )}
      </text>
    </g>
  );
}

/** What fits between two lifelines beside the notes. */
const MAX_TITLE = 30;

function notesOf(
  { message }: LadderMessage,
  t: ReturnType<typeof useTranslations<'calls.signalling'>>,
): string {
  const notes = [
    message.hasCredentials && t('notes.auth'),
    message.hasSdp && t('notes.sdp'),
    message.isRepetition && t('notes.again'),
  ];
  return notes.filter(Boolean).join(', ');
}

/** What flowed in each leg, and for how long; its height says nothing of that. */
function MediaBand({ layout, y }: { layout: Layout; y: number }) {
  const { band, lifelines } = layout;
  if (!band) return null;
  const hub = lifelines.findIndex((line) => line.kind === 'switch');
  const height = ROW * BAND_ROWS - 12;
  const top = y + 6;
  return (
    <g>
      {band.lengthMs !== null && (
        <text x={8} y={top + height / 2 + 4} className="fill-ink-3">
          {formatOffset(band.lengthMs)}
        </text>
      )}
      {band.cells.map(({ lifeline, words: media }) => {
        const start = Math.min(xOf(lifeline), xOf(hub));
        const size = Math.abs(xOf(lifeline) - xOf(hub));
        return (
          <g key={lifeline}>
            <rect x={start} y={top} width={size} height={height} className="fill-green-tint" />
            {[start, start + size].map((x) => (
              <line
                key={x}
                x1={x}
                x2={x}
                y1={top}
                y2={top + height}
                className="stroke-2 stroke-green"
              />
            ))}
            <text
              x={start + size / 2}
              y={top + height / 2 + 4}
              textAnchor="middle"
              className="fill-green-text font-medium"
            >
              {media}
            </text>
          </g>
        );
      })}
    </g>
  );
}
