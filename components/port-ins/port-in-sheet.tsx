'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { DateTime } from '@/components/patterns/date-time';
import { FactList } from '@/components/patterns/panel';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { ErrorState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Sheet, SheetSection } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { apiUrl } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import { type PortInLine, portInSchema, type WirePortIn } from '@/lib/services/port-ins/schemas';
import { LetterUpload } from './letter-upload';
import { PortInDialog } from './port-in-form';
import { PortInMoves } from './port-in-moves';
import { PortInNotes } from './port-in-notes';
import { PortInStatus } from './port-in-state';

export interface PortInSheetProps {
  openId: string | null;
  rows: readonly PortInLine[];
  onOpen: (id: string | null) => void;
}

/** One request: what is asked for, the letter, what can be done now, and what was said. */
export function PortInSheet({ openId, rows, onOpen }: PortInSheetProps) {
  const t = useTranslations('portIns.sheet');
  const index = rows.findIndex((row) => row.id === openId);
  const { data, error } = useItem({ path: '/port-ins', id: openId, response: portInSchema });
  const portIn = data?.id === openId ? data : undefined;
  const stepTo = (row: PortInLine | undefined) => row && (() => onOpen(row.id));
  return (
    <Sheet
      open={openId !== null}
      onClose={() => onOpen(null)}
      title={portIn ? t('title', { carrier: portIn.losingCarrier }) : t(error ? 'gone' : 'loading')}
      onPrevious={index === -1 ? undefined : stepTo(rows[index - 1])}
      onNext={index === -1 ? undefined : stepTo(rows[index + 1])}
    >
      {portIn ? (
        <Parts key={portIn.id} portIn={portIn} />
      ) : error ? (
        <ErrorState title={t('gone')}>{t('goneText')}</ErrorState>
      ) : (
        <div aria-busy className="flex animate-appear flex-col gap-3 p-5">
          <Skeleton className="w-1/3" />
          <Skeleton className="h-40 w-full" />
        </div>
      )}
    </Sheet>
  );
}

function Parts({ portIn }: { portIn: WirePortIn }) {
  const t = useTranslations('portIns.sheet');
  const mayWrite = useMay('portIns.write');
  const [isEditing, setEditing] = useState(false);
  const mayEdit = mayWrite && portIn.isEditable;
  return (
    <>
      <SheetSection title={t('state')}>
        <div className="flex flex-col gap-3">
          <PortInStatus state={portIn.state} />
          <p className="text-ink-2">{t(`next.${portIn.state}`)}</p>
          {mayWrite && <PortInMoves portIn={portIn} />}
        </div>
      </SheetSection>
      <SheetSection title={t('letter')}>
        {portIn.letter ? (
          <a
            href={apiUrl(`/port-ins/${portIn.id}/letter`)}
            download
            className="rounded-badge text-accent-text underline-offset-2 hover:underline"
          >
            {portIn.letter.name}
          </a>
        ) : (
          <p className="text-ink-2">{t('noLetter')}</p>
        )}
        {mayEdit && <LetterUpload portIn={portIn} />}
      </SheetSection>
      <SheetSection title={t('form')}>
        <Facts portIn={portIn} />
        {mayEdit && (
          <Button size="sm" className="mt-3" onClick={() => setEditing(true)}>
            {t('edit')}
          </Button>
        )}
      </SheetSection>
      <SheetSection title={t('notes')}>
        <PortInNotes portIn={portIn} mayWrite={mayWrite} />
      </SheetSection>
      <PortInDialog open={isEditing} portIn={portIn} onClose={() => setEditing(false)} />
    </>
  );
}

function Facts({ portIn }: { portIn: WirePortIn }) {
  const t = useTranslations('portIns.form');
  const { street, city, region, postalCode, country } = portIn;
  const day = (date: string) => <DateTime value={`${date}T00:00:00Z`} look="date" timeZone="UTC" />;
  return (
    <FactList
      facts={[
        {
          label: t('numbers'),
          value: (
            <ul>
              {portIn.numbers.map((number) => (
                <li key={number}>
                  <PhoneNumber value={number} />
                </li>
              ))}
            </ul>
          ),
        },
        { label: t('account'), value: portIn.account.name },
        { label: t('losingCarrier'), value: portIn.losingCarrier },
        { label: t('accountHolder'), value: portIn.accountHolder },
        ...(portIn.accountNumber === ''
          ? []
          : [{ label: t('accountNumber'), value: portIn.accountNumber }]),
        {
          label: t('address'),
          value: [street, city, `${region} ${postalCode}`.trim(), country].join(', '),
        },
        { label: t('wishedOn'), value: day(portIn.wishedOn) },
        ...(portIn.scheduledOn === null
          ? []
          : [{ label: t('scheduledOn'), value: day(portIn.scheduledOn) }]),
      ]}
    />
  );
}
