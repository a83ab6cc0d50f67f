'use client';

import { Phone } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { RunningDuration } from '@/components/patterns/running-duration';
import { tabClass } from '@/components/shell/tab-bar';
import { cn } from '@/components/ui/cn';
import { Dot } from '@/components/ui/dot';
import { IconButton } from '@/components/ui/icon-button';
import { Kbd } from '@/components/ui/kbd';
import { currentCall } from '@/lib/client/phone/calls';
import { usePhoneDesk } from './phone-context';

/** The phone's state at the foot of the sidebar; opens and folds the dock, as P does. */
export function PhoneFoot() {
  const t = useTranslations('softphone');
  const desk = usePhoneDesk();
  const isOpen = desk?.isOpen ?? false;
  const setOpen = desk?.setOpen;
  if (!desk) return <span className="text-ink-3">{t('phone')}</span>;
  const { line, extension, calls } = desk.snapshot;
  const call = currentCall(calls);
  const isTalking = call?.stage === 'talking';
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      onClick={() => setOpen?.(!isOpen)}
      className="focus-inside -mx-2 flex h-9 min-w-0 flex-1 items-center gap-2 rounded-control px-2 hover:bg-hover"
    >
      <Dot tone={isTalking ? 'live' : line === 'ready' ? 'healthy' : 'never'} />
      <span className={isTalking ? 'font-medium text-green-text' : 'truncate font-medium'}>
        {isTalking ? t('inCall') : line === 'ready' ? t('ready') : t(`lines.${line}`)}
      </span>
      {isTalking && call.answeredAtMs !== null && (
        <RunningDuration
          since={new Date(call.answeredAtMs).toISOString()}
          className="text-green-text"
        />
      )}
      <span className="text-ink-2">{extension?.number}</span>
      <span className="ms-auto">
        <Kbd>P</Kbd>
      </span>
    </button>
  );
}

/** The phone in the tab bar of a phone. */
export function PhoneTab() {
  const t = useTranslations('softphone');
  const desk = usePhoneDesk();
  const isTalking = desk?.snapshot.calls.some(({ stage }) => stage === 'talking');
  return (
    <button
      type="button"
      onClick={() => desk?.setOpen(true)}
      className={cn(tabClass, isTalking && 'text-green-text')}
    >
      <Phone aria-hidden />
      {t('phone')}
    </button>
  );
}

/** The phone on the rail. */
export function PhoneRail() {
  const t = useTranslations('softphone');
  const desk = usePhoneDesk();
  const isTalking = desk?.snapshot.calls.some(({ stage }) => stage === 'talking');
  return (
    <IconButton
      label={t('phone')}
      size="lg"
      side="inline-end"
      className={cn(isTalking && 'text-green-text')}
      onClick={() => desk?.setOpen(!desk.isOpen)}
    >
      <Phone />
    </IconButton>
  );
}
