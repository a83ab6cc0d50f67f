'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { FigureStrip } from '@/components/patterns/figure-strip';
import { Money } from '@/components/patterns/money';
import { Panel } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Meter } from '@/components/ui/meter';
import { Notice } from '@/components/ui/notice';
import { callApi } from '@/lib/client/api';
import { formatMoney } from '@/lib/client/format/money';
import { formatTime } from '@/lib/client/format/time';
import { useItem } from '@/lib/client/use-item';
import { formatMicro, parseMicro } from '@/lib/core/money';
import {
  type ImpactLine,
  impactSchema,
  latestImpactSchema,
  type WireDeck,
  type WireImpact,
} from '@/lib/services/decks/schemas';
import { ImpactTable } from './impact-table';

const REFRESH_MS = 1_000;

export interface ImpactPanelProps {
  deck: WireDeck;
  version: number;
}

/** What last month's calls would have cost at a version, against the one before. */
export function ImpactPanel({ deck, version }: ImpactPanelProps) {
  const t = useTranslations('decks.impact');
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const mayWrite = useMay('decks.write');
  const path = `/decks/${deck.id}/impact`;
  const { data } = useItem({
    path,
    query: { version },
    response: latestImpactSchema,
    refreshEveryMs: REFRESH_MS,
  });
  const start = useStart(path, version);
  const impact = data?.impact ?? null;
  const isUnderWay = impact?.state === 'queued' || impact?.state === 'running';
  const day = (iso: string) => formatTime(new Date(iso), 'date', { locale, timeZone });
  return (
    <Panel
      title={t('title')}
      note={impact && t('period', { since: day(impact.since), until: day(impact.until) })}
      actions={
        mayWrite &&
        data &&
        !isUnderWay && (
          <Button size="sm" busy={start.isPending} onClick={() => start.mutate()}>
            {t(impact === null ? 'start' : 'again')}
          </Button>
        )
      }
      className="overflow-hidden"
    >
      {start.error && (
        <div className="p-4">
          <Notice tone="red" urgent>
            {start.error.message}
          </Notice>
        </div>
      )}
      {impact === null ? (
        <p className="p-4 text-ink-2">{t(deck.kind === 'buy' ? 'buyText' : 'text')}</p>
      ) : (
        <ImpactBody deck={deck} impact={impact} />
      )}
    </Panel>
  );
}

function ImpactBody({ deck, impact }: { deck: WireDeck; impact: WireImpact }) {
  const t = useTranslations('decks.impact');
  const locale = useLocale();
  if (impact.state === 'failed') {
    return (
      <div className="p-4">
        <Notice tone="red" title={t('failed')}>
          {impact.failure}
        </Notice>
      </div>
    );
  }
  const { result } = impact;
  if (result === null) {
    return (
      <div className="flex max-w-lg flex-col gap-3 p-4">
        <p role="status" className="text-ink-2">
          {impact.state === 'queued'
            ? t('queued')
            : t('running', { done: impact.callsDone, total: impact.callsTotal })}
        </p>
        <Meter label={t('progress')} value={impact.callsDone} max={impact.callsTotal} />
      </div>
    );
  }
  if (result.total.calls === 0) return <p className="p-4 text-ink-2">{t('none')}</p>;
  const { withoutRate } = result.total;
  const lost = { amount: withoutRate.before, currency: result.currency };
  return (
    <>
      <div className="flex flex-col gap-3 p-4">
        <ImpactFigures deck={deck} impact={impact} currency={result.currency} line={result.total} />
        {withoutRate.calls > 0 && (
          <Notice tone="amber">
            {t('withoutRate', {
              calls: withoutRate.calls,
              amount: formatMoney(lost, { locale, detail: 'list' }),
            })}
          </Notice>
        )}
      </div>
      <ImpactTable impact={impact} result={result} kind={deck.kind} />
    </>
  );
}

interface ImpactFiguresProps {
  deck: WireDeck;
  impact: WireImpact;
  currency: string;
  line: ImpactLine;
}

function ImpactFigures({ deck, impact, currency, line }: ImpactFiguresProps) {
  const t = useTranslations('decks.impact');
  const money = (amount: string) => <Money value={{ amount, currency }} />;
  const margins = marginsOf(line, deck.kind);
  return (
    <FigureStrip
      size="figure-sm"
      figures={[
        {
          label: impact.from === null ? t('charged') : t('before', { from: impact.from }),
          value: money(line.before),
        },
        { label: t('after', { version: impact.version }), value: money(line.after) },
        {
          label: t('difference'),
          value: <Money value={{ amount: minus(line.after, line.before), currency }} change />,
        },
        { label: t('calls'), value: line.calls },
        ...(margins === null
          ? []
          : [
              { label: t('marginBefore'), value: money(margins.before) },
              { label: t('marginAfter'), value: money(margins.after) },
            ]),
      ]}
    />
  );
}

/** The difference of two amounts, exactly. */
export const minus = (left: string, right: string): string =>
  formatMicro(parseMicro(left) - parseMicro(right));

/** What is left: of a sell deck price less cost, of a buy deck what was paid less the price. */
function marginsOf(line: ImpactLine, kind: WireDeck['kind']) {
  const { before, after, counterpart } = line;
  if (counterpart === null) return null;
  return kind === 'sell'
    ? { before: minus(before, counterpart), after: minus(after, counterpart) }
    : { before: minus(counterpart, before), after: minus(counterpart, after) };
}

function useStart(path: string, version: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => callApi({ method: 'POST', path, body: { version }, response: impactSchema }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['item', path] }),
  });
}
