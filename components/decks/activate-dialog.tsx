'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Segmented } from '@/components/ui/segmented';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { formatTime } from '@/lib/client/format/time';
import { momentOf } from '@/lib/core/wall-clock';
import { deckSchema, type WireDeck } from '@/lib/services/decks/schemas';
import { refreshDeck } from './queries';

type Version = WireDeck['versions'][number];

export interface ActivateDialogProps {
  deck: WireDeck;
  /** null: closed. */
  version: Version | null;
  onClose: () => void;
}

/** Prices calls at a version from now on, or from a moment to come. */
export function ActivateDialog({ deck, version, onClose }: ActivateDialogProps) {
  const t = useTranslations('decks.versions');
  return (
    <Dialog
      open={version !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t('title2', { version: version?.version ?? 0 })}
      description={t('text', {
        count: version?.rateCount ?? 0,
        from: deck.activeVersion === null ? 'none' : `${deck.activeVersion}`,
      })}
    >
      {version && <ActivateForm deck={deck} version={version} onClose={onClose} />}
    </Dialog>
  );
}

function ActivateForm({
  deck,
  version,
  onClose,
}: {
  deck: WireDeck;
  version: Version;
  onClose: () => void;
}) {
  const t = useTranslations('decks.versions');
  const timeZone = useTimeZone() ?? 'UTC';
  const [when, setWhen] = useState<'now' | 'later'>('now');
  const [at, setAt] = useState('');
  const [isWrong, setWrong] = useState(false);
  const activate = useActivate(deck.id, version.version, onClose);
  const submit = (): void => {
    if (when === 'now') {
      activate.mutate(null);
      return;
    }
    const atMs = momentFrom(at, timeZone);
    setWrong(atMs === null);
    if (atMs !== null) activate.mutate(new Date(atMs).toISOString());
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      className="mt-3 flex flex-col gap-3"
    >
      {activate.error && (
        <Notice tone="red" urgent>
          {activate.error.message}
        </Notice>
      )}
      <Segmented
        label={t('when')}
        segments={[
          { value: 'now', label: t('now') },
          { value: 'later', label: t('later') },
        ]}
        value={when}
        onValueChange={setWhen}
      />
      {when === 'later' && (
        <Field
          label={t('at')}
          hint={t('atHint', { zone: timeZone })}
          error={isWrong ? t('atWrong') : undefined}
        >
          <Input
            type="datetime-local"
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
          />
        </Field>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t('keep')}</Button>
        <Button variant="primary" type="submit" busy={activate.isPending}>
          {t(when === 'now' ? 'confirm' : 'schedule', { version: version.version })}
        </Button>
      </DialogActions>
    </form>
  );
}

/** "2026-12-05T08:00" on the reader's clock; null for what is no moment of the year ahead. */
function momentFrom(text: string, timeZone: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/.exec(text);
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  const atMs = momentOf({ year, month, day, hour, minute, second: 0 }, timeZone);
  const aheadMs = atMs - Date.now();
  return aheadMs > 0 && aheadMs < 365 * 86_400_000 ? atMs : null;
}

function useActivate(deckId: string, version: number, onDone: () => void) {
  const t = useTranslations('decks.versions');
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (at: string | null) =>
      callApi({
        method: 'POST',
        path: `/decks/${deckId}/activate`,
        body: { version, ...(at === null ? {} : { at }) },
        response: deckSchema,
      }),
    onSuccess: async (_deck, at) => {
      await refreshDeck(queryClient, deckId);
      onDone();
      if (at === null) toast.done(t('done', { version }));
      else {
        const when = formatTime(new Date(at), 'moment', { locale, timeZone });
        toast.done(t('scheduledDone', { version, when }));
      }
    },
  });
}
