'use client';

import { ArrowRight, CircleAlert } from 'lucide-react';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { CallableNumber } from '@/components/patterns/callable-number';
import { CopyButton } from '@/components/patterns/copy-button';
import { PageHead } from '@/components/patterns/page-head';
import { RecordingPanel } from '@/components/recordings/recording-panel';
import { PageCrumbs } from '@/components/shell/crumbs';
import { SignallingPanel } from '@/components/signalling/signalling-panel';
import { Badge } from '@/components/ui/badge';
import { Notice } from '@/components/ui/notice';
import { showNumber } from '@/lib/client/format/phone';
import { formatTime } from '@/lib/client/format/time';
import type { WireCallDetail } from '@/lib/services/calls/schemas';
import { CallLegs } from './call-legs';
import { CallLinks } from './call-links';
import { CallPrice } from './call-price';
import { CallQuality } from './call-quality';
import type { ShownParty } from './call-rows';
import { CallSummary } from './call-summary';
import { CallTimeline } from './call-timeline';

/** Characters of an id that tell it apart on one page. */
const SHORT_ID = 13;

/** A call that has ended: summary, what happened, why this price, legs, quality. */
export function CallDetail({ call }: { call: WireCallDetail }) {
  const t = useTranslations('calls');
  const words = useTranslations('recordings');
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const from = { number: call.from.number, name: call.from.extensionName };
  const to = { number: call.to.number, name: call.to.extensionName };
  const tone = call.result === 'refused' || call.result === 'failed' ? 'red' : 'neutral';
  return (
    <>
      <PageCrumbs
        crumbs={[
          {
            label: t('page.crumb', {
              time: formatTime(new Date(call.startedAt), 'seconds', { locale, timeZone }),
              from: showNumber(from.number).text,
              to: showNumber(to.number).text,
            }),
          },
        ]}
      />
      <PageHead
        title={<CallTitle from={from} to={to} />}
        badges={
          <>
            <Badge tone={tone}>{t(`results.${call.result}`)}</Badge>
            <span className="inline-flex items-center gap-1 text-ink-3 text-mono">
              {call.id.slice(0, SHORT_ID)}
              <CopyButton value={call.id} label={t('page.callId')} />
            </span>
          </>
        }
        note={
          call.dialled !== null &&
          call.dialled !== call.to.number &&
          t('page.dialled', { digits: call.dialled })
        }
      />
      <div className="flex flex-col gap-3">
        {call.refusal && (
          <Notice
            tone="red"
            icon={<CircleAlert aria-hidden />}
            title={
              call.refusal.hop
                ? t('page.refusedAt', { name: call.refusal.hop.name })
                : t('page.refused')
            }
          >
            {call.refusal.text}
          </Notice>
        )}
        <CallSummary call={call} />
        <CallLinks links={call.links} />
        <CallTimeline call={call} />
        {call.isRecorded && (
          <RecordingPanel
            callId={call.id}
            parties={{
              caller: words('caller', { number: showNumber(from.number).text }),
              callee: words('callee', { number: showNumber(to.number).text }),
            }}
          />
        )}
        <div className="grid items-start gap-3 @3xl:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)] @min-[61rem]:grid-cols-[39.625rem_minmax(0,1fr)]">
          <div className="flex min-w-0 flex-col gap-3 @max-3xl:order-2">
            <SignallingPanel callId={call.id} isLive={false} />
            <CallLegs call={call} />
            <CallQuality call={call} />
          </div>
          <CallPrice call={call} />
        </div>
      </div>
    </>
  );
}

/** Who called whom, as the title of a page. */
export function CallTitle({ from, to }: { from: ShownParty; to: ShownParty }) {
  const t = useTranslations('calls.page');
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <TitleParty party={from} />
      <ArrowRight aria-hidden className="text-ink-3 rtl:rotate-180" />
      <span className="sr-only">{t('title', { from: '', to: '' })}</span>
      <TitleParty party={to} />
    </span>
  );
}

function TitleParty({ party }: { party: ShownParty }) {
  return (
    <span>
      <CallableNumber value={party.number} />
      {party.name && ` ${party.name}`}
    </span>
  );
}
