'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useLiveCalls } from '@/components/calls/use-live-calls';
import { type Figure, FigureStrip } from '@/components/patterns/figure-strip';
import { useNow } from '@/components/patterns/use-now';
import { Status } from '@/components/ui/dot';
import { Skeleton } from '@/components/ui/skeleton';
import { formatSpan } from '@/lib/client/format/duration';
import { useItem } from '@/lib/client/use-item';
import { useIsStale } from '@/lib/client/use-live';
import type { SwitchStatus } from '@/lib/services/health/schemas';
import { type Overview, overviewSchema } from '@/lib/services/overview/schemas';
import { TODAY_QUERY } from './queries';
import { useSwitchStatus } from './use-switch-status';

const WAITING = <Skeleton className="my-2 w-12" />;

/** Six figures that tell whether it works; those of the switch fade when it does not answer. */
export function VitalSigns() {
  const { status, error } = useSwitchStatus();
  const isFeedLost = useIsStale();
  const overview = useItem({ path: '/overview', query: TODAY_QUERY, response: overviewSchema });
  const figures = useFigures(status, overview.data);
  return <FigureStrip size="figure-sm" figures={figures} stale={error !== null || isFeedLost} />;
}

function useFigures(status: SwitchStatus | undefined, overview: Overview | undefined): Figure[] {
  const callFigure = useCallFigure(status);
  const registrations = useRegistrationFigure(overview);
  const today = useTodayFigures(overview);
  return [registrations, callFigure, ...today, ...useHouseFigures(status)];
}

function useRegistrationFigure(overview: Overview | undefined): Figure {
  const t = useTranslations('admin.switch');
  const number = new Intl.NumberFormat(useLocale());
  if (!overview) return { label: t('registrations'), value: WAITING };
  const { registered, total } = overview.extensions;
  return {
    label: t('registrations'),
    value: number.format(registered),
    unit: t('ofExtensions', { count: number.format(total) }),
    context:
      total === 0 ? t('noExtensions') : t('extensionsContext', { count: total - registered }),
    phoneOrder: 2,
  };
}

function useCallFigure(status: SwitchStatus | undefined): Figure {
  const t = useTranslations('admin.switch');
  const number = new Intl.NumberFormat(useLocale());
  const live = useLiveCalls();
  if (!status && !live.isKnown) return { label: t('callsNow'), value: WAITING };
  // The list follows every event; the switch is asked every few seconds.
  const count = live.isKnown ? live.total : (status?.liveCalls ?? 0);
  const talking = live.calls.filter((call) => call.state === 'answered').length;
  const isAllSeen = live.total === live.calls.length;
  return {
    label: t('callsNow'),
    value: number.format(count),
    context:
      count === 0 ? t('quiet') : isAllSeen && t('talking', { talking, waiting: count - talking }),
    phoneOrder: 1,
  };
}

function useTodayFigures(overview: Overview | undefined): Figure[] {
  const t = useTranslations('admin.switch');
  const locale = useLocale();
  const number = new Intl.NumberFormat(locale);
  if (!overview) {
    return [
      { label: t('callsToday'), value: WAITING, phoneOrder: 3 },
      { label: t('talkedToday'), value: WAITING, phoneOrder: 4 },
    ];
  }
  const { calls, answered, seconds } = overview.today;
  const share = number.format(calls === 0 ? 0 : Math.round((100 * answered) / calls));
  return [
    {
      label: t('callsToday'),
      value: number.format(calls),
      context: calls === 0 ? t('noCallsToday') : t('answeredToday', { share }),
      phoneOrder: 3,
    },
    {
      label: t('talkedToday'),
      value: formatSpan(seconds),
      context:
        answered > 0
          ? t('perAnswered', { length: formatSpan(Math.round(seconds / answered)) })
          : t('noCallsToday'),
      phoneOrder: 4,
    },
  ];
}

/** Whether the switch runs on what the database says, and whether the worker works. */
function useHouseFigures(status: SwitchStatus | undefined): Figure[] {
  const t = useTranslations('admin.switch');
  const nowMs = useNow();
  if (!status) {
    return [
      { label: t('configuration'), value: WAITING, phoneOrder: 5 },
      { label: t('worker'), value: WAITING, phoneOrder: 6 },
    ];
  }
  const checkedAt = status.configurationCheckedAt;
  const agoSeconds =
    checkedAt === null || nowMs === null ? null : (nowMs - Date.parse(checkedAt)) / 1_000;
  const isWorking = status.worker === 'ok';
  return [
    {
      label: t('configuration'),
      value: agoSeconds === null ? '–' : formatSpan(agoSeconds),
      unit: agoSeconds === null ? undefined : t('ago', { ago: '' }).trim(),
      context: t('configurationContext'),
      phoneOrder: 5,
    },
    {
      label: t('worker'),
      value: isWorking ? t('workerOk') : t('workerDown'),
      context: isWorking ? (
        t('workerOkContext')
      ) : (
        <Status tone="red">{t('workerDownContext')}</Status>
      ),
      phoneOrder: 6,
    },
  ];
}
