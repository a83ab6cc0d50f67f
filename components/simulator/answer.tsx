'use client';

import { Ban, Check } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { CallPriceHops } from '@/components/calls/call-price';
import { Duration } from '@/components/patterns/duration';
import { type Figure, FigureStrip } from '@/components/patterns/figure-strip';
import { Money } from '@/components/patterns/money';
import { Panel } from '@/components/patterns/panel';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { Notice } from '@/components/ui/notice';
import type { WireSimulation } from '@/lib/services/calls/schemas';
import { RoutesPanel } from './routes-panel';

export interface AnswerProps {
  simulation: WireSimulation;
  dialled: string;
}

/** Whether it would be put through, at what price for whom, and over which route. */
export function Answer({ simulation, dialled }: AnswerProps) {
  const t = useTranslations('simulator.answer');
  const { hops, routes, refusal, seconds } = simulation;
  const digits = (simulation.number ?? dialled).replace(/\D/g, '');
  return (
    <>
      <Verdict simulation={simulation} />
      {!refusal && <Facts simulation={simulation} />}
      {hops.length > 0 && <CallPriceHops hops={hops} digits={digits} />}
      {!refusal && hops.length === 0 && (
        <Panel title={t('free')} padded>
          <p className="text-ink-2">{t('freeText')}</p>
        </Panel>
      )}
      {routes && routes.length > 0 && <RoutesPanel routes={routes} seconds={seconds} />}
    </>
  );
}

function Verdict({ simulation }: { simulation: WireSimulation }) {
  const t = useTranslations('simulator.answer');
  const { refusal, caller, talkSeconds } = simulation;
  const from = `${caller.number} · ${caller.domain}`;
  if (refusal) {
    return (
      <Notice tone="red" icon={<Ban aria-hidden />} title={t('refused', { from })} urgent>
        {refusal.text}
        <Code>{refusal.code}</Code>
      </Notice>
    );
  }
  if (talkSeconds === 0) {
    return (
      <Notice tone="amber" icon={<Ban aria-hidden />} title={t('noFunds', { from })}>
        {t('noFundsText')}
        <Code>INSUFFICIENT_FUNDS</Code>
      </Notice>
    );
  }
  return (
    <Notice tone="green" icon={<Check aria-hidden />} title={t('through', { from })}>
      {t(`classes.${simulation.callClass ?? 'outbound'}`)}
    </Notice>
  );
}

function Code({ children }: { children: ReactNode }) {
  return <code className="ms-2 text-mono">{children}</code>;
}

function Facts({ simulation }: { simulation: WireSimulation }) {
  const t = useTranslations('simulator.answer');
  const { number, callerId, hops, seconds, maxSeconds, talkSeconds } = simulation;
  const [payer] = hops;
  const figures: Figure[] = [
    { label: t('number'), value: number ? <PhoneNumber value={number} /> : '–' },
    {
      label: t('callerId'),
      value: callerId?.number ? <PhoneNumber value={callerId.number} /> : t('withheld'),
    },
    { label: t('asked'), value: <Duration seconds={seconds} /> },
    { label: t('price'), value: <Money value={payer?.amount} detail="explained" /> },
    {
      label: t('talk'),
      value: <Duration seconds={talkSeconds ?? maxSeconds} look="span" />,
    },
  ];
  return <FigureStrip figures={figures} size="fact" />;
}
