'use client';

import { Download, Plus, Upload } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useMay } from '@/components/portal/me-context';
import { Button, ButtonLink } from '@/components/ui/button';
import { Menu, MenuDownload, MenuLink, MenuSeparator } from '@/components/ui/menu';
import { apiUrl } from '@/lib/client/api';
import type { WireDeck } from '@/lib/services/decks/schemas';
import { MarkupDialog } from './markup-editor';
import { importHref } from './queries';

export interface DeckActionsProps {
  deck: WireDeck;
  home: string;
  /** The version that is looked at: the one that is exported. */
  shown: number | null;
}

/** What can be done with a deck: rates come in and go out by file. */
export function DeckActions({ deck, home, shown }: DeckActionsProps) {
  const t = useTranslations('decks');
  const mayWrite = useMay('decks.write');
  const [isEditing, setEditing] = useState(false);
  const file = (format: string): string =>
    apiUrl(`/decks/${deck.id}/export`, { version: shown, format });
  const isMarkup = deck.pricing === 'markup';
  return (
    <>
      <Menu trigger={<Button icon={<Download />}>{t('deck.export')}</Button>}>
        <MenuDownload href={file('csv')}>{t('deck.exportCsv')}</MenuDownload>
        <MenuDownload href={file('xlsx')}>{t('deck.exportXlsx')}</MenuDownload>
        {mayWrite && isMarkup && (
          <>
            <MenuSeparator />
            <MenuLink href={importHref(home, deck.id)}>{t('deck.import')}</MenuLink>
          </>
        )}
      </Menu>
      {mayWrite && isMarkup && (
        <>
          <Button variant="primary" icon={<Plus />} onClick={() => setEditing(true)}>
            {t('markups.open')}
          </Button>
          <MarkupDialog open={isEditing} onOpenChange={setEditing} deck={deck} shown={shown} />
        </>
      )}
      {mayWrite && !isMarkup && (
        <ButtonLink variant="primary" icon={<Upload />} href={importHref(home, deck.id)}>
          {t('deck.import')}
        </ButtonLink>
      )}
    </>
  );
}
