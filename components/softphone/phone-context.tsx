'use client';

import { useTranslations } from 'next-intl';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import { CallAction } from '@/components/patterns/callable-number';
import { PageKeys } from '@/components/shell/page-keys';
import { callApi } from '@/lib/client/api';
import { ApiProblem } from '@/lib/client/api-problem';
import { BrowserPhone, type PhoneSnapshot } from '@/lib/client/phone/browser-phone';
import { openSipLine } from '@/lib/client/phone/sip-line';
import { browserCredentialSchema } from '@/lib/services/extensions/schemas';
import { playVoice } from './voices';

/** The phone of this page, whether its dock is open, and what is about to be dialled. */
export interface PhoneDesk {
  readonly phone: BrowserPhone;
  readonly snapshot: PhoneSnapshot;
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
  /** What stands in the number field. */
  readonly draft: string;
  readonly setDraft: (draft: string) => void;
  /** The number that the other side is shown; null: the switch's choice. */
  readonly callAs: string | null;
  readonly setCallAs: (callAs: string | null) => void;
}

const DeskContext = createContext<PhoneDesk | null>(null);

let shared: BrowserPhone | null = null;

/** One phone a page, whatever is rendered anew; in a browser only. */
function thePhone(): BrowserPhone {
  shared ??= new BrowserPhone({
    mint,
    openLine: openSipLine,
    nowMs: () => Date.now(),
    later: (run, afterMs) => {
      const timer = setTimeout(run, afterMs);
      return () => clearTimeout(timer);
    },
    play: playVoice,
  });
  return shared;
}

/** Whether an extension is this person's; else nothing is asked for. */
let hasExtension = false;

async function mint() {
  if (!hasExtension) return null;
  try {
    return await callApi({
      method: 'POST',
      path: '/browser-phone/credentials',
      body: {},
      response: browserCredentialSchema,
    });
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

const NOTHING: PhoneSnapshot = { line: 'off', extension: null, country: '', calls: [] };

/** An extension has become this person's: the phone goes on the line with it. */
export async function beginWith(phone: BrowserPhone): Promise<void> {
  hasExtension = true;
  await phone.start();
}

export interface PhoneProviderProps {
  /** Whether an extension is this person's. */
  isTheirs: boolean;
  children: ReactNode;
}

/** Holds the phone for everything below; it goes on the line when the page is there. */
export function PhoneProvider({ isTheirs, children }: PhoneProviderProps) {
  const [phone, setPhone] = useState<BrowserPhone | null>(null);
  useEffect(() => {
    const made = thePhone();
    hasExtension ||= isTheirs;
    setPhone(made);
    void made.start();
    const online = () => made.reconnect();
    window.addEventListener('online', online);
    return () => window.removeEventListener('online', online);
  }, [isTheirs]);
  return phone === null ? (
    <DeskContext value={null}>{children}</DeskContext>
  ) : (
    <Desk phone={phone}>{children}</Desk>
  );
}

function Desk({ phone, children }: { phone: BrowserPhone; children: ReactNode }) {
  const snapshot = useSyncExternalStore(phone.watch, phone.current, () => NOTHING);
  const t = useTranslations('softphone');
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState('');
  const [callAs, setCallAs] = useState<string | null>(null);
  const rings = snapshot.calls.some(({ stage }) => stage === 'incoming');
  useEffect(() => {
    if (rings) setOpen(true);
  }, [rings]);
  const call = useCallback((number: string) => {
    setDraft(number);
    setOpen(true);
  }, []);
  const keys = useMemo(
    () => ({ p: { label: t('toggle'), run: () => setOpen((isShown) => !isShown) } }),
    [t],
  );
  const desk = useMemo(
    () => ({ phone, snapshot, isOpen, setOpen, draft, setDraft, callAs, setCallAs }),
    [phone, snapshot, isOpen, draft, callAs],
  );
  return (
    <DeskContext value={desk}>
      <CallAction value={snapshot.extension === null ? null : call}>
        <PageKeys value={keys}>{children}</PageKeys>
      </CallAction>
    </DeskContext>
  );
}

/** The phone; null where there is none: on the server, in another console, before it is there. */
export function usePhoneDesk(): PhoneDesk | null {
  return useContext(DeskContext);
}
