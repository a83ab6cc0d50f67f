'use client';

import { useTranslations } from 'next-intl';

const KEYS = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
] as const;

/** The keys of a phone. */
export function Keypad({ onKey }: { onKey: (digit: string) => void }) {
  const t = useTranslations('softphone');
  return (
    <fieldset className="grid grid-cols-3 gap-2" aria-label={t('keypad')}>
      {KEYS.map(([digit, letters]) => (
        <button
          key={digit}
          type="button"
          aria-label={digit}
          onClick={() => onKey(digit)}
          className="flex h-13 flex-col items-center justify-center rounded-panel border border-line-strong transition-colors hover:bg-hover active:bg-neutral-tint"
        >
          <span className="text-title leading-6">{digit}</span>
          {letters !== '' && (
            <span aria-hidden className="text-ink-3 text-micro leading-3">
              {letters}
            </span>
          )}
        </button>
      ))}
    </fieldset>
  );
}
