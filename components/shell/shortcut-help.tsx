'use client';

import { useTranslations } from 'next-intl';
import { type ReactNode, useContext } from 'react';
import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';
import type { NavGroup } from './nav-types';
import { PageKeys } from './page-keys';

export interface ShortcutHelpProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  groups: readonly NavGroup[];
}

/** Every key that works on every page. */
export function ShortcutHelp({ open, onOpenChange, groups }: ShortcutHelpProps) {
  const t = useTranslations('shell');
  const keys = useContext(PageKeys);
  const places = groups.flatMap((group) => group.items).filter((item) => item.key !== undefined);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('shortcuts')} width="md">
      <dl className="mt-3 grid grid-cols-1 gap-x-8 gap-y-1.5 md:grid-cols-2">
        <Line words={t('keySearch')} keys={['⌘', 'K']} />
        <Line words={t('keyFind')} keys={['/']} />
        <Line words={t('keyHelp')} keys={['?']} />
        <Line words={t('keyRows')} keys={['↑', '↓']} />
        <Line words={t('keyOpen')} keys={['↵']} />
        <Line words={t('keyClose')} keys={['Esc']} />
        {Object.entries(keys).map(([key, { label }]) => (
          <Line key={key} words={label} keys={[key.toUpperCase()]} />
        ))}
        {places.map((item) => (
          <Line
            key={item.href}
            words={t('keyGo', { place: item.label })}
            keys={['G', (item.key ?? '').toUpperCase()]}
          />
        ))}
      </dl>
    </Dialog>
  );
}

function Line({ words, keys }: { words: ReactNode; keys: readonly string[] }) {
  return (
    <div className="flex items-center justify-between gap-3">
      <dt className="text-ink-2">{words}</dt>
      <dd className="flex gap-1">
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </dd>
    </div>
  );
}
