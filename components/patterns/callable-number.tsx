'use client';

import { Phone } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { createContext, useContext } from 'react';
import { cn } from '@/components/ui/cn';
import { showNumber } from '@/lib/client/format/phone';
import { PhoneNumber, type PhoneNumberProps } from './phone-number';

/** What calling a number does on this page; null where there is no phone. */
export const CallAction = createContext<((number: string) => void) | null>(null);

/**
 * A number that can be called where there is a phone: its button appears with the pointer or the
 * focus, and takes no room from what stands beside it.
 */
export function CallableNumber(props: PhoneNumberProps) {
  const t = useTranslations('patterns');
  const call = useContext(CallAction);
  const { value, homeCountry, className } = props;
  if (call === null) return <PhoneNumber {...props} />;
  return (
    <span className={cn('group/number relative whitespace-nowrap', className)}>
      <PhoneNumber value={value} homeCountry={homeCountry} />
      <button
        type="button"
        aria-label={t('callNumber', { number: showNumber(value).text })}
        onClick={(event) => {
          event.stopPropagation();
          call(value);
        }}
        className="absolute -end-7 top-1/2 z-1 flex size-6 -translate-y-1/2 items-center justify-center rounded-small border border-line-strong bg-surface text-green-text opacity-0 transition-opacity hover:bg-hover focus-visible:opacity-100 group-hover/number:opacity-100 group-hover/row:opacity-100 [&_.lucide]:icon-dense"
      >
        <Phone aria-hidden />
      </button>
    </span>
  );
}
