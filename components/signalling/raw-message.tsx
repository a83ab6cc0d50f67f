'use client';

import { useTranslations } from 'next-intl';
import { CopyButton } from '@/components/patterns/copy-button';
import { ScrollBox } from '@/components/ui/scroll-box';
import type { WireTraceMessage } from '@/lib/services/traces/schemas';
import { formatOffset } from './offset';

/** One message as it went over the wire, its secrets hidden. */
export function RawMessage({ message, party }: { message: WireTraceMessage; party: string }) {
  const t = useTranslations('calls.signalling');
  const way = t(message.direction === 'in' ? 'fromParty' : 'toParty', { party });
  return (
    <section aria-label={t('rawLabel')} className="border-line border-t bg-sunken">
      <header className="flex items-center gap-2 px-4 pt-2">
        <h3 className="font-semibold">{message.title}</h3>
        <span className="min-w-0 truncate text-ink-3 text-small">
          {t('rawNote', {
            time: formatOffset(message.offsetMs),
            way,
            transport: message.transport.toUpperCase(),
            bytes: message.bytes,
          })}
        </span>
        <span className="ms-auto">
          <CopyButton value={message.raw} label={t('copy')} />
        </span>
      </header>
      <ScrollBox className="max-h-80 overflow-y-auto px-4 pt-1 pb-3">
        <pre dir="ltr" className="w-fit text-micro text-mono">
          {message.raw.replaceAll('\r\n', '\n')}
        </pre>
      </ScrollBox>
    </section>
  );
}
