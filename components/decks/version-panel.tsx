'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/patterns/confirm-dialog';
import { Panel } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Status } from '@/components/ui/dot';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { formatTime } from '@/lib/client/format/time';
import { deckSchema, type WireDeck } from '@/lib/services/decks/schemas';

type Version = WireDeck['versions'][number];

export interface VersionPanelProps {
  deck: WireDeck;
  /** The one whose rates are listed beside it. */
  shown: number | null;
  onShow: (version: number) => void;
}

/** Every version, the newest first; one of them prices calls. */
export function VersionPanel({ deck, shown, onShow }: VersionPanelProps) {
  const t = useTranslations('decks.versions');
  const mayWrite = useMay('decks.write');
  const [asked, setAsked] = useState<Version | null>(null);
  const activate = useActivate(deck.id, () => setAsked(null));
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
              {mayWrite && version.state !== 'active' && (
                <Button
                  size="xs"
                  disabledReason={version.rateCount === 0 ? t('noRates') : undefined}
                  onClick={() => setAsked(version)}
                >
                  {t('activate')}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(isOpen) => !isOpen && setAsked(null)}
        title={t('title2', { version: asked?.version ?? 0 })}
        description={t('text', {
          count: asked?.rateCount ?? 0,
          from: deck.activeVersion === null ? 'none' : `${deck.activeVersion}`,
        })}
        keepLabel={t('keep')}
        confirmLabel={t('confirm', { version: asked?.version ?? 0 })}
        busy={activate.isPending}
        error={activate.error?.message}
        onConfirm={() => asked && activate.mutate(asked.version)}
      />
    </Panel>
  );
}

function VersionLine({ version }: { version: Version }) {
  const t = useTranslations('decks.versions');
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const tell = (iso: string) => formatTime(new Date(iso), 'moment', { locale, timeZone });
  const { state, activatedAt, createdAt } = version;
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
    </>
  );
}

function useActivate(deckId: string, onDone: () => void) {
  const t = useTranslations('decks.versions');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      callApi({
        method: 'POST',
        path: `/decks/${deckId}/activate`,
        body: { version },
        response: deckSchema,
      }),
    onSuccess: async (_deck, version) => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['list', '/decks'] }),
        queryClient.invalidateQueries({ queryKey: ['item', '/decks'] }),
        queryClient.invalidateQueries({ queryKey: ['list', `/decks/${deckId}/rates`] }),
      ]);
      onDone();
      toast.done(t('done', { version }));
    },
  });
}
