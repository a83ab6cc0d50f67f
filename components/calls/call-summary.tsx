'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { DateTime } from '@/components/patterns/date-time';
import { Duration } from '@/components/patterns/duration';
import { type Figure, FigureStrip } from '@/components/patterns/figure-strip';
import { Money } from '@/components/patterns/money';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { useViewer } from '@/components/portal/me-context';
import type { WireCallDetail, WireCallerId } from '@/lib/services/calls/schemas';
import { talkedSeconds } from './call-cells';

/** When, how long, who hung up, where to, how much: one line. */
export function CallSummary({ call }: { call: WireCallDetail }) {
  const t = useTranslations('calls.page');
  const { account } = useViewer();
  const talked = talkedSeconds(call);
  const figures: Figure[] = [
    {
      label: t('started'),
      value: (
        <>
          <DateTime value={call.startedAt} look="seconds" />{' '}
          <Grey>
            <DateTime value={call.startedAt} look="day" />
          </Grey>
        </>
      ),
    },
    {
      label: t('talked'),
      value:
        talked === null ? (
          <Grey>{t('notAnswered')}</Grey>
        ) : (
          <>
            <Duration seconds={talked} />{' '}
            <Grey>{t('exactSeconds', { seconds: (call.durationMs / 1_000).toFixed(2) })}</Grey>
          </>
        ),
    },
    {
      label: t('hungUpBy'),
      value: (
        <>
          {call.hungUpBy === null ? '–' : t(`by.${call.hungUpBy}`)}{' '}
          <Grey>
            {call.q850Cause === null
              ? t('status', { status: `${call.sipStatus}` })
              : t('cause', { cause: `${call.q850Cause}` })}
          </Grey>
        </>
      ),
    },
    ...(call.callerId
      ? [{ label: t('shownAs'), value: <ShownAs callerId={call.callerId} /> }]
      : []),
    { label: t('destination'), value: call.destination ?? '–' },
    { label: t('codec'), value: call.codec ?? '–' },
    {
      label: t('charged'),
      value: (
        <Money
          value={call.price ?? call.paid ?? { amount: '0.000000', currency: account.currency }}
          detail="explained"
        />
      ),
    },
  ];
  // Whose call it is goes without saying where there is only one account.
  if (call.account.id !== account.id) {
    figures.unshift({ label: t('account'), value: call.account.name });
  }
  return <FigureStrip size="fact" figures={figures} />;
}

/** What the called side saw, and by what right. */
function ShownAs({ callerId }: { callerId: WireCallerId }) {
  const t = useTranslations('calls.page');
  const { shown, right, isWithheld } = callerId;
  return (
    <>
      {isWithheld || shown === null ? t('anonymous') : <PhoneNumber value={shown} />}{' '}
      <Grey>{t(isWithheld ? 'withheld' : `shownBy.${right}`)}</Grey>
    </>
  );
}

function Grey({ children }: { children: ReactNode }) {
  return <span className="font-normal text-ink-3">{children}</span>;
}
