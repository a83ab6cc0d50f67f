'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CalendarX2, Ellipsis, Trash2 } from 'lucide-react';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { Panel } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { Badge } from '@/components/ui/badge';
import { Button, ButtonLink } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Status } from '@/components/ui/dot';
import { IconButton } from '@/components/ui/icon-button';
import { Menu, MenuItem } from '@/components/ui/menu';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { formatTime } from '@/lib/client/format/time';
import { deckSchema, type WireDeck } from '@/lib/services/decks/schemas';
import { ActivateDialog } from './activate-dialog';
import { refreshDeck, reviewHref } from './queries';

type Version = WireDeck['versions'][number];

export interface VersionPanelProps {
  deck: WireDeck;
  home: string;
  /** The one whose rates are listed beside it. */
  shown: number | null;
  onShow: (version: number) => void;
}

/** Every version, the newest first; one of them prices calls. */
export function VersionPanel({ deck, home, shown, onShow }: VersionPanelProps) {
  const t = useTranslations('decks.versions');
  const mayWrite = useMay('decks.write');
  const [asked, setAsked] = useState<Version | null>(null);
  const [thrown, setThrown] = useState<Version | null>(null);
  return (
    <Panel title={t('title')} count={deck.versions.length} className="overflow-hidden">
      <ul className="divide-y divide-line">
        {deck.versions.map((version) => (
          <li
            key={version.id}
            className={cn(
              'flex flex-col gap-1 px-4 py-2.5',
              version.version === shown && 'bg-selected',
            )}
          >
            <VersionLine version={version} />
            <span className="flex items-center gap-2 empty:hidden">
              {version.version !== shown && (
                <Button size="xs" onClick={() => onShow(version.version)}>
                  {t('show')}
                </Button>
              )}
              {version.state !== 'active' && version.rateCount > 0 && (
                <ButtonLink size="xs" href={reviewHref(home, deck.id, version.version)}>
                  {t('review')}
                </ButtonLink>
              )}
              {mayWrite && version.state !== 'active' && (
                <Button
                  size="xs"
                  disabledReason={version.rateCount === 0 ? t('noRates') : undefined}
                  onClick={() => setAsked(version)}
                >
                  {t('activate')}
                </Button>
              )}
              {mayWrite && (
                <VersionMenu deck={deck} version={version} onDiscard={() => setThrown(version)} />
              )}
            </span>
          </li>
        ))}
      </ul>
      <ActivateDialog deck={deck} version={asked} onClose={() => setAsked(null)} />
      <DiscardDialog deck={deck} version={thrown} onClose={() => setThrown(null)} />
    </Panel>
  );
}

function VersionLine({ version }: { version: Version }) {
  const t = useTranslations('decks.versions');
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const tell = (iso: string) => formatTime(new Date(iso), 'moment', { locale, timeZone });
  const { state, activatedAt, activateAt, createdAt, fileName } = version;
  return (
    <>
      <span className="flex items-center gap-2">
        <span className="font-medium">v{version.version}</span>
        {state === 'active' ? (
          <Status tone="healthy">{t('states.active')}</Status>
        ) : (
          <Badge tone={state === 'draft' ? 'accent' : 'neutral'}>{t(`states.${state}`)}</Badge>
        )}
        <span className="ms-auto text-ink-2">{t('rates', { count: version.rateCount })}</span>
      </span>
      <span className="text-ink-3 text-small">
        {state === 'active' && activatedAt !== null
          ? t('activatedAt', { when: tell(activatedAt) })
          : activatedAt === null
            ? t('createdAt', { when: tell(createdAt) })
            : t('wasActivated', { when: tell(activatedAt) })}
      </span>
      {fileName !== null && (
        <span className="truncate text-ink-3 text-small">{t('file', { name: fileName })}</span>
      )}
      {activateAt !== null && (
        <span className="text-small">{t('scheduled', { when: tell(activateAt) })}</span>
      )}
    </>
  );
}

interface VersionMenuProps {
  deck: WireDeck;
  version: Version;
  onDiscard: () => void;
}

/** What is done less often; nothing where there is nothing. */
function VersionMenu({ deck, version, onDiscard }: VersionMenuProps) {
  const t = useTranslations('decks.versions');
  const unschedule = useVersionVerb(deck.id, 'unschedule', {
    onDone: () => undefined,
    done: t('unscheduled', { version: version.version }),
  });
  const isDraft = version.state === 'draft';
  if (!isDraft && version.activateAt === null) return null;
  return (
    <span className="ms-auto">
      <Menu
        trigger={
          <IconButton label={t('more', { version: version.version })} size="xs">
            <Ellipsis />
          </IconButton>
        }
      >
        {version.activateAt !== null && (
          <MenuItem
            icon={<CalendarX2 aria-hidden />}
            onClick={() => unschedule.mutate(version.version)}
          >
            {t('unschedule')}
          </MenuItem>
        )}
        {isDraft && (
          <MenuItem danger icon={<Trash2 aria-hidden />} onClick={onDiscard}>
            {t('discard')}
          </MenuItem>
        )}
      </Menu>
    </span>
  );
}

export interface DiscardDialogProps {
  deck: WireDeck;
  /** null: closed. */
  version: Version | null;
  onClose: () => void;
  /** Once it is gone. */
  onDone?: () => void;
}

/** Throws a draft away, after it was asked. */
export function DiscardDialog({ deck, version, onClose, onDone }: DiscardDialogProps) {
  const t = useTranslations('decks.versions');
  const number = version?.version ?? 0;
  const discard = useVersionVerb(deck.id, 'discard', {
    onDone: () => {
      onClose();
      onDone?.();
    },
    done: t('discarded', { version: number }),
  });
  return (
    <ConfirmDialog
      open={version !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t('discardTitle', { version: number })}
      description={t('discardText', { count: version?.rateCount ?? 0 })}
      keepLabel={t('keep')}
      confirmLabel={t('discardConfirm', { version: number })}
      busy={discard.isPending}
      error={discard.error?.message}
      onConfirm={() => version && discard.mutate(version.version)}
    />
  );
}

function useVersionVerb(
  deckId: string,
  verb: 'discard' | 'unschedule',
  { onDone, done }: { onDone: () => void; done: string },
) {
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      callApi({
        method: 'POST',
        path: `/decks/${deckId}/${verb}`,
        body: { version },
        response: deckSchema,
      }),
    onSuccess: async () => {
      onDone();
      await refreshDeck(queryClient, deckId);
      toast.done(done);
    },
  });
}
