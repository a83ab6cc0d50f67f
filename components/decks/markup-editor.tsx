'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import { deckSchema, ratePageSchema, type WireDeck } from '@/lib/services/decks/schemas';
import { ratesPath, refreshDeck } from './queries';

/** More are imported by file. */
const MAX_ROWS = 100;

interface Row {
  prefix: string;
  percent: string;
  minimum: string;
}

const EMPTY_ROW: Row = { prefix: '', percent: '', minimum: '' };

export interface MarkupDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  deck: WireDeck;
  /** The version that it begins with. */
  shown: number | null;
}

/** The mark-ups of a new version: by prefix, per cent, and not less than. */
export function MarkupDialog({ open, onOpenChange, deck, shown }: MarkupDialogProps) {
  const t = useTranslations('decks.markups');
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('title')}
      description={t('text')}
      width="lg"
      sticky
    >
      <Loaded deck={deck} shown={shown} onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

interface LoadedProps {
  deck: WireDeck;
  shown: number | null;
  onClose: () => void;
}

/** Begins with what the shown version says. */
function Loaded({ deck, shown, onClose }: LoadedProps) {
  const t = useTranslations('decks.markups');
  const { data } = useItem({
    path: ratesPath(deck.id),
    query: { version: shown, limit: MAX_ROWS },
    response: ratePageSchema,
  });
  if (!data) return null;
  if (data.nextCursor !== null) return <Notice tone="amber">{t('many')}</Notice>;
  const rows = data.items.map((rate) => ({
    prefix: rate.prefix,
    percent: rate.markupPercent ?? '0',
    minimum: rate.markupMinimum ?? '',
  }));
  return (
    <MarkupForm
      deckId={deck.id}
      first={rows.length > 0 ? rows : [{ ...EMPTY_ROW, percent: '20' }]}
      onClose={onClose}
    />
  );
}

interface MarkupFormProps {
  deckId: string;
  first: readonly Row[];
  onClose: () => void;
}

function MarkupForm({ deckId, first, onClose }: MarkupFormProps) {
  const t = useTranslations('decks.markups');
  const [rows, setRows] = useState(first);
  const save = useSave(deckId, onClose);
  const change = (index: number, row: Row | null): void =>
    setRows(rows.flatMap((one, at) => (at !== index ? [one] : row === null ? [] : [row])));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(rows);
      }}
      className="mt-3 flex flex-col gap-2"
    >
      {save.error && (
        <Notice tone="red" urgent>
          {save.error.message}
        </Notice>
      )}
      <div aria-hidden className="flex gap-2 pe-8 font-medium text-ink-2 text-small [&>*]:flex-1">
        <span>{t('headPrefix')}</span>
        <span>{t('headPercent')}</span>
        <span>{t('headMinimum')}</span>
      </div>
      {rows.map((row, index) => (
        <MarkupRow
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have an order and never move
          key={index}
          number={index + 1}
          row={row}
          onChange={(changed) => change(index, changed)}
        />
      ))}
      <Button
        variant="dashed"
        icon={<Plus />}
        disabled={rows.length >= MAX_ROWS}
        onClick={() => setRows([...rows, EMPTY_ROW])}
      >
        {t('add')}
      </Button>
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button variant="primary" type="submit" busy={save.isPending}>
          {t('confirm')}
        </Button>
      </DialogActions>
    </form>
  );
}

interface MarkupRowProps {
  number: number;
  row: Row;
  /** null removes it. */
  onChange: (row: Row | null) => void;
}

function MarkupRow({ number, row, onChange }: MarkupRowProps) {
  const t = useTranslations('decks.markups');
  return (
    <div className="flex items-center gap-2">
      {(['prefix', 'percent', 'minimum'] as const).map((part) => (
        <Input
          key={part}
          aria-label={t(part, { number })}
          inputMode="decimal"
          mono={part === 'prefix'}
          placeholder={part === 'prefix' ? '*' : part === 'minimum' ? '0.0000' : '0'}
          end={part === 'percent' ? '%' : undefined}
          value={row[part]}
          onChange={(event) => onChange({ ...row, [part]: event.currentTarget.value })}
        />
      ))}
      <IconButton label={t('remove', { number })} size="xs" onClick={() => onChange(null)}>
        <X />
      </IconButton>
    </div>
  );
}

function useSave(deckId: string, onClose: () => void) {
  const t = useTranslations('decks.markups');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (rows: readonly Row[]) =>
      callApi({
        method: 'POST',
        path: `/decks/${deckId}/versions`,
        body: { rates: rows.map(toRate) },
        response: deckSchema,
      }),
    onSuccess: async (deck) => {
      await refreshDeck(queryClient, deckId);
      onClose();
      toast.done(t('done', { version: deck.versions[0]?.version ?? 0 }));
    },
  });
}

function toRate({ prefix, percent, minimum }: Row) {
  return {
    prefix: prefix.trim().replace(/^\+|^\*$/, ''),
    ...(percent.trim() === '' ? {} : { markupPercent: percent.trim() }),
    ...(minimum.trim() === '' ? {} : { markupMinimum: minimum.trim() }),
  };
}
