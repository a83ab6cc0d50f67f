'use client';

import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { type ReactNode, useMemo, useState } from 'react';
import { Kbd } from '@/components/ui/kbd';
import { popupItemClass } from '@/components/ui/popup-class';
import type { NavGroup } from './nav-types';

/** Something that can be gone to or done from anywhere. */
export interface Command {
  id: string;
  label: string;
  icon?: ReactNode;
  /** Keys, shown at the end. */
  keys?: readonly string[];
  run: () => void;
}

export interface CommandPaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  groups: readonly NavGroup[];
  /** Beyond the places to go. */
  commands: readonly Command[];
}

interface CommandGroup {
  value: string;
  items: readonly Command[];
}

/** Search or jump to: every place and act, found by typing. */
export function CommandPalette(props: CommandPaletteProps) {
  const { open, onOpenChange } = props;
  const t = useTranslations('shell');
  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 z-40 flex items-start justify-center px-4 pt-[12dvh] max-md:px-2 max-md:pt-2">
          <Dialog.Popup
            aria-label={t('searchOrJump')}
            className="flex max-h-[min(28rem,76dvh)] w-full max-w-xl flex-col overflow-hidden rounded-dialog bg-raised shadow-2 outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0"
          >
            <PaletteBody {...props} />
            <Dialog.Close className="sr-only">{t('closeSearch')}</Dialog.Close>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody({ onOpenChange, groups, commands }: CommandPaletteProps) {
  const t = useTranslations('shell');
  const router = useRouter();
  const [text, setText] = useState('');
  const items = useMemo<CommandGroup[]>(() => {
    const places = groups.flatMap((group) => group.items);
    const goTo = places.map<Command>((item) => ({
      id: item.href,
      label: item.label,
      icon: item.icon,
      ...(item.key === undefined ? {} : { keys: ['G', item.key.toUpperCase()] }),
      run: () => router.push(item.href),
    }));
    const all = [
      { value: t('goTo'), items: goTo },
      { value: t('actions'), items: commands },
    ];
    return all.filter((group) => group.items.length > 0);
  }, [groups, commands, router, t]);
  const run = (command: Command) => {
    onOpenChange(false);
    command.run();
  };
  return (
    <Autocomplete.Root
      open
      inline
      items={items}
      value={text}
      onValueChange={(next) => setText(next)}
      itemToStringValue={(item: Command) => item.label}
      autoHighlight="always"
      keepHighlight
    >
      <div className="flex h-12 shrink-0 items-center gap-3 border-line border-b px-4">
        <Search aria-hidden className="text-ink-2" />
        <Autocomplete.Input
          aria-label={t('searchOrJump')}
          placeholder={t('searchOrJump')}
          className="h-full min-w-0 flex-1 bg-transparent text-lead outline-none"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Autocomplete.Empty className="px-4 py-6 text-ink-3 empty:hidden">
        {t('nothingFound')}
      </Autocomplete.Empty>
      <Autocomplete.List className="min-h-0 flex-1 overflow-y-auto p-2 empty:hidden">
        {(group: CommandGroup) => (
          <Autocomplete.Group key={group.value} items={group.items} className="not-last:mb-2">
            <Autocomplete.GroupLabel className="px-2 py-1 text-ink-3 text-micro">
              {group.value}
            </Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(command: Command) => (
                <Autocomplete.Item
                  key={command.id}
                  value={command}
                  onClick={() => run(command)}
                  className={popupItemClass}
                >
                  {command.icon}
                  <span className="flex-1">{command.label}</span>
                  {command.keys?.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}
