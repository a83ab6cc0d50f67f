'use client';

import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import type { ThingToDo } from '@/components/patterns/things-to-do';
import { useNow } from '@/components/patterns/use-now';
import { ButtonLink } from '@/components/ui/button';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import type { Overview } from '@/lib/services/overview/schemas';
import { daysUntil } from './figures';

/** The balance is a thing to do when it lasts no longer. */
const DAYS_WARNED = 7;
const DAYS_URGENT = 2;

function act(href: string, label: string) {
  return (
    <ButtonLink href={href} size="xs">
      {label}
    </ButtonLink>
  );
}

/** What needs somebody, as far as the overview shows it. */
export function useThingsToDo(
  overview: Overview | undefined,
  extensions: readonly WireExtension[] | undefined,
): ThingToDo[] {
  const t = useTranslations('overview.todo');
  const funds = useFundsToDo(overview);
  const things: ThingToDo[] = funds ? [funds] : [];
  if (!extensions) return things;
  if (extensions.length === 0) {
    things.push({
      id: 'first',
      tone: 'never',
      title: t('first'),
      reason: t('firstReason'),
      action: act('/plans', t('plans')),
    });
    return things;
  }
  const suspended = extensions.filter((one) => one.state === 'suspended');
  const [firstSuspended] = suspended;
  if (firstSuspended) {
    const count = suspended.length;
    things.push({
      id: 'suspended',
      tone: 'amber',
      title: t('suspended', { count, number: firstSuspended.number }),
      reason: t('suspendedReason', { count }),
      action: act('/extensions?state=suspended', t('look')),
    });
  }
  const first = extensions.find((one) => one.state === 'active');
  if (first && overview?.extensions.registered === 0) {
    things.push({
      id: 'connect',
      tone: 'never',
      title: t('connect'),
      reason: t('connectReason'),
      action: act(`/extensions?open=${first.id}`, t('connectAction')),
    });
  }
  return things;
}

function useFundsToDo(overview: Overview | undefined): ThingToDo | null {
  const t = useTranslations('overview.todo');
  const nowMs = useNow(60_000);
  const runsOutAt = overview?.funds?.runsOutAt;
  if (!runsOutAt || nowMs === null) return null;
  const action = act('/billing', t('billing'));
  if (Date.parse(runsOutAt) <= nowMs) {
    return {
      id: 'funds',
      tone: 'red',
      title: t('noFunds'),
      reason: t('noFundsReason'),
      action,
    };
  }
  const days = daysUntil(runsOutAt, nowMs);
  if (days > DAYS_WARNED) return null;
  return {
    id: 'funds',
    tone: days < DAYS_URGENT ? 'red' : 'amber',
    title: t('runsOut', { days }),
    reason: t.rich('runsOutReason', { day: () => <DateTime value={runsOutAt} look="day" /> }),
    action,
  };
}
