'use client';

import { Headphones, PanelRightClose } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Dot, type StatusTone } from '@/components/ui/dot';
import { IconButton } from '@/components/ui/icon-button';
import { currentCall } from '@/lib/client/phone/calls';
import { CallPanel } from './call-panel';
import { ChooseExtension } from './choose-extension';
import { DevicesPanel } from './devices-panel';
import { IdlePanel } from './idle-panel';
import { IncomingPanel } from './incoming-panel';
import { NotifyOffer } from './notify-offer';
import { type PhoneDesk, usePhoneDesk } from './phone-context';
import { usePhoneAlerts } from './use-phone-alerts';

const TONES: Record<PhoneDesk['snapshot']['line'], StatusTone> = {
  off: 'never',
  none: 'never',
  connecting: 'waiting',
  ready: 'healthy',
  lost: 'amber',
  refused: 'red',
};

/**
 * The phone beside the page: 328 wide from 1280 on and pushes what is beside it; over it below that;
 * on a phone it fills the screen.
 */
export function PhoneDock() {
  const desk = usePhoneDesk();
  usePhoneAlerts(desk);
  return desk?.isOpen ? <OpenDock desk={desk} /> : null;
}

function OpenDock({ desk }: { desk: PhoneDesk }) {
  const t = useTranslations('softphone');
  const [showsDevices, setShowsDevices] = useState(false);
  const { snapshot, setOpen } = desk;
  const { line, extension, calls } = snapshot;
  const incoming = calls.filter(({ stage }) => stage === 'incoming');
  const current = currentCall(calls.filter(({ stage }) => stage !== 'incoming'));
  return (
    <aside
      aria-label={t('phone')}
      className="z-10 flex shrink-0 flex-col border-line border-s bg-surface max-xl:fixed max-xl:inset-y-0 max-xl:end-0 max-xl:z-20 max-xl:shadow-2 max-md:inset-x-0 xl:sticky xl:top-0 xl:h-dvh w-82 max-md:w-auto"
    >
      <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b ps-4 pe-2">
        <Dot tone={TONES[line]} />
        <span className="font-semibold">{extension?.number ?? t('phone')}</span>
        <span className="min-w-0 truncate text-ink-2">
          {line === 'ready' ? extension?.name : t(`lines.${line}`)}
        </span>
        <IconButton
          label={t('devices.title')}
          aria-expanded={showsDevices}
          className="ms-auto"
          onClick={() => setShowsDevices(!showsDevices)}
        >
          <Headphones />
        </IconButton>
        <IconButton label={t('close')} onClick={() => setOpen(false)}>
          <PanelRightClose />
        </IconButton>
      </header>
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
        {showsDevices && <DevicesPanel desk={desk} />}
        {line === 'ready' && calls.length === 0 && <NotifyOffer />}
        {incoming.map((call) => (
          <IncomingPanel key={call.id} desk={desk} call={call} />
        ))}
        {line === 'none' ? (
          <ChooseExtension desk={desk} />
        ) : current ? (
          <CallPanel key={current.id} desk={desk} call={current} />
        ) : (
          <IdlePanel desk={desk} />
        )}
      </div>
    </aside>
  );
}
