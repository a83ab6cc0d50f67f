'use client';

import { Phone, PhoneOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import type { PhoneCall } from '@/lib/client/phone/calls';
import { PeerWords } from './peer-words';
import type { PhoneDesk } from './phone-context';

/** It rings: who, and two buttons that can't be taken for each other. */
export function IncomingPanel({ desk, call }: { desk: PhoneDesk; call: PhoneCall }) {
  const t = useTranslations('softphone');
  const { phone } = desk;
  return (
    <section
      aria-live="assertive"
      aria-label={t('stages.incoming')}
      className="border-line border-b bg-green-tint p-4"
    >
      <p className="text-green-text text-small">{t('stages.incoming')}</p>
      <PeerWords peer={call.peer} className="text-title" />
      <div className="mt-3 grid grid-cols-2 gap-2">
        <Button
          variant="danger"
          size="xl"
          icon={<PhoneOff aria-hidden />}
          onClick={() => void phone.end(call.id)}
        >
          {t('decline')}
        </Button>
        <Button
          variant="call"
          size="xl"
          icon={<Phone aria-hidden />}
          onClick={() => void phone.answer(call.id)}
        >
          {t('accept')}
        </Button>
      </div>
    </section>
  );
}
