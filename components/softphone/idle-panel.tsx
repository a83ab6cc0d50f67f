'use client';

import { Delete, Phone } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { showNumber } from '@/lib/client/format/phone';
import { CallAs } from './call-as';
import { Keypad } from './keypad';
import { Matches } from './matches';
import type { PhoneDesk } from './phone-context';
import { QuotePanel } from './quote-panel';
import { RecentCalls } from './recent-calls';

const BETWEEN = /[() .-]/g;
/** What can be dialled; anything else is somebody's name. */
const DIALLED = /^[0-9*#+]*$/;

/** Nobody is talked to: a number, its keys, and Call where Hang up will be. */
export function IdlePanel({ desk }: { desk: PhoneDesk }) {
  const t = useTranslations('softphone');
  const { phone, snapshot, draft, setDraft, callAs } = desk;
  const [isAsking, setAsking] = useState(false);
  const digits = draft.replace(BETWEEN, '');
  const isName = !DIALLED.test(digits);
  const number = isName ? '' : digits;
  const isReady = snapshot.line === 'ready';
  const call = async (event: FormEvent) => {
    event.preventDefault();
    if (number === '' || !isReady) return;
    setAsking(true);
    const isMade = await phone.dial(number, callAs).catch(() => false);
    setAsking(false);
    if (isMade) setDraft('');
  };
  return (
    <>
      <form onSubmit={(event) => void call(event)} className="flex flex-col p-4 max-md:flex-1">
        <div className="flex items-center border-accent border-b-2 pb-1">
          <input
            aria-label={t('number')}
            placeholder={t('numberHint')}
            value={draft === number ? showNumber(draft).text : draft}
            onChange={(event) => setDraft(event.target.value)}
            autoComplete="off"
            dir="ltr"
            className="h-10 min-w-0 flex-1 bg-transparent text-figure-sm outline-none placeholder:font-normal placeholder:text-ink-3"
          />
          {draft !== '' && (
            <IconButton
              label={t('erase')}
              onClick={() => setDraft(isName ? draft.slice(0, -1) : number.slice(0, -1))}
            >
              <Delete />
            </IconButton>
          )}
        </div>
        <div className="mt-3 mb-3">
          {isName ? (
            <Matches search={draft.trim()} onChoose={setDraft} />
          ) : snapshot.extension && number !== '' ? (
            <QuotePanel extensionId={snapshot.extension.id} number={number} callAs={callAs} />
          ) : (
            <p className="min-h-13 text-ink-2 text-small">
              {snapshot.extension && t('callsAs', { number: snapshot.extension.number })}
            </p>
          )}
        </div>
        <CallAs desk={desk} />
        <div className="max-md:mt-auto">
          <Keypad onKey={(digit) => setDraft(`${number}${digit}`)} />
        </div>
        <Button
          type="submit"
          variant="call"
          size="xl"
          wide
          icon={<Phone aria-hidden />}
          busy={isAsking}
          disabled={number === '' || !isReady}
          className="mt-6"
        >
          {t('call')}
        </Button>
      </form>
      {snapshot.extension && (
        <div className="max-md:hidden">
          <RecentCalls extensionId={snapshot.extension.id} onCall={setDraft} />
        </div>
      )}
    </>
  );
}
