'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Meter } from '@/components/ui/meter';
import { Select } from '@/components/ui/select';
import {
  type DeviceChoice,
  keepDeviceChoice,
  readDeviceChoice,
} from '@/lib/client/phone/device-choice';
import type { PhoneDesk } from './phone-context';
import { type AudioDevice, useDevices } from './use-devices';
import { useLevel } from './use-level';
import { changeSpeaker } from './voices';

const SYSTEM = 'system';

/** Which microphone and loudspeaker, and whether the microphone hears anything. */
export function DevicesPanel({ desk }: { desk: PhoneDesk }) {
  const t = useTranslations('softphone.devices');
  const [choice, setChoice] = useState(readDeviceChoice);
  const { state, level } = useLevel(choice.microphoneId);
  // Their names are told once a microphone was allowed, be it as silent as it may.
  const { microphones, speakers } = useDevices(state !== 'asking');
  const change = (next: DeviceChoice) => {
    keepDeviceChoice(next);
    setChoice(next);
  };
  const itemsOf = (devices: readonly AudioDevice[]) => [
    { value: SYSTEM, label: t('system') },
    ...devices.map(({ id, name }) => ({ value: id, label: name })),
  ];
  const idOf = (value: string) => (value === SYSTEM ? null : value);
  return (
    <section aria-label={t('title')} className="flex flex-col gap-3 border-line border-b p-4">
      <div className="flex flex-col gap-1">
        <span className="font-medium text-small">{t('microphone')}</span>
        <Select
          label={t('microphone')}
          items={itemsOf(microphones)}
          value={choice.microphoneId ?? SYSTEM}
          onValueChange={(value) => {
            change({ ...choice, microphoneId: idOf(value) });
            void desk.phone.changeMicrophone();
          }}
        />
        {state === 'none' ? (
          <p className="text-red-text text-small">{t('noMicrophone')}</p>
        ) : (
          <Meter label={t('level')} value={level} max={1} tone="green" />
        )}
      </div>
      <div className="flex flex-col gap-1">
        <span className="font-medium text-small">{t('speaker')}</span>
        <Select
          label={t('speaker')}
          items={itemsOf(speakers)}
          value={choice.speakerId ?? SYSTEM}
          onValueChange={(value) => {
            change({ ...choice, speakerId: idOf(value) });
            changeSpeaker(idOf(value));
          }}
        />
      </div>
    </section>
  );
}
