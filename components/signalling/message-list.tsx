'use client';

import { useTranslations } from 'next-intl';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import type { WireTraceMessage } from '@/lib/services/traces/schemas';
import { formatOffset } from './offset';

export interface MessageListProps {
  messages: readonly WireTraceMessage[];
  /** Who is on the other side of the switch in a message. */
  nameOf: (message: WireTraceMessage) => string;
  selected: number | null;
  onSelect: (index: number) => void;
}

/** The same messages as lines of text: what the ladder shows, for those who read. */
export function MessageList({ messages, nameOf, selected, onSelect }: MessageListProps) {
  const t = useTranslations('calls.signalling');
  return (
    <Table>
      <caption className="sr-only">{t('listLabel', { count: messages.length })}</caption>
      <thead>
        <tr>
          <Th className="text-end">{t('columns.time')}</Th>
          <Th>{t('columns.message')}</Th>
          <Th>{t('columns.way')}</Th>
          <Th className="text-end max-md:hidden">{t('columns.bytes')}</Th>
        </tr>
      </thead>
      <tbody>
        {messages.map((message, index) => (
          <Tr
            // biome-ignore lint/suspicious/noArrayIndexKey: messages have an order and never move
            key={index}
            className={index === selected ? 'bg-selected hover:bg-selected' : undefined}
          >
            <Td className="text-end text-ink-3">{formatOffset(message.offsetMs)}</Td>
            <Td>
              <button
                type="button"
                aria-pressed={index === selected}
                onClick={() => onSelect(index)}
                className="min-h-6 text-start font-medium hover:underline touch:min-h-10"
              >
                {message.title}
              </button>
              {message.isRepetition && (
                <span className="ms-1.5 text-ink-3 text-small">{t('notes.again')}</span>
              )}
            </Td>
            <Td className="text-ink-2">
              {t(message.direction === 'in' ? 'fromParty' : 'toParty', { party: nameOf(message) })}
            </Td>
            <Td className="text-end text-ink-3 max-md:hidden">{message.bytes}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
