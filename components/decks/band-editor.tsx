'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useTimeZone, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { deckSchema, type StoredPlan, type WireDeck } from '@/lib/services/decks/schemas';
import { BandWindow, type WindowValue } from './band-window';
import { refreshDeck } from './queries';

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const WORKDAYS = [1, 2, 3, 4, 5];
const WEEKEND = [6, 7];

/** What most price lists mean by peak and off-peak. */
const usualBands = (timeZone: string): StoredPlan => ({
  timeZone,
  bands: [
    { name: 'Peak', windows: [{ days: WORKDAYS, from: '08:00', to: '18:00' }] },
    {
      name: 'Off-peak',
      windows: [
        { days: WORKDAYS, from: '18:00', to: '08:00' },
        { days: WEEKEND, from: '08:00', to: '24:00' },
        { days: [7], from: '00:00', to: '08:00' },
        { days: [1], from: '00:00', to: '08:00' },
      ],
    },
  ],
});

export interface BandDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  deck: WireDeck;
  /** Whose rates the new draft takes over. */
  version: WireDeck['versions'][number];
}

/** Changes when which prices hold: a new draft with the same rates. */
export function BandDialog({ open, onOpenChange, deck, version }: BandDialogProps) {
  const t = useTranslations('decks.bands');
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('dialogTitle')}
      description={t('dialogText', { version: version.version })}
      width="lg"
      sticky
    >
      <BandForm deck={deck} version={version} onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

interface BandFormProps {
  deck: WireDeck;
  version: WireDeck['versions'][number];
  onClose: () => void;
}

function BandForm({ deck, version, onClose }: BandFormProps) {
  const t = useTranslations('decks.bands');
  const timeZone = useTimeZone() ?? 'UTC';
  const [plan, setPlan] = useState<StoredPlan>(version.bands ?? usualBands(timeZone));
  const save = useSaveBands(deck.id, version.version, onClose);
  const changeBand = (index: number, band: StoredPlan['bands'][number] | null): void => {
    const bands = plan.bands.flatMap((one, at) =>
      at !== index ? [one] : band === null ? [] : [band],
    );
    setPlan({ ...plan, bands });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(plan);
      }}
      className="mt-3 flex flex-col gap-4"
    >
      {save.error && (
        <Notice tone="red" urgent>
          {save.error.message}
        </Notice>
      )}
      <Field label={t('timeZone')}>
        <Input
          autoComplete="off"
          value={plan.timeZone}
          onChange={(event) => setPlan({ ...plan, timeZone: event.currentTarget.value })}
        />
      </Field>
      {plan.bands.map((band, index) => (
        <BandPart
          // biome-ignore lint/suspicious/noArrayIndexKey: rates count bands by their place
          key={index}
          number={index + 1}
          band={band}
          onChange={(changed) => changeBand(index, changed)}
        />
      ))}
      <Button
        variant="dashed"
        icon={<Plus />}
        onClick={() =>
          setPlan({ ...plan, bands: [...plan.bands, { name: '', windows: [emptyWindow()] }] })
        }
      >
        {t('addBand')}
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

const emptyWindow = (): WindowValue => ({ days: WEEK, from: '00:00', to: '24:00' });

interface BandPartProps {
  number: number;
  band: StoredPlan['bands'][number];
  /** null removes it. */
  onChange: (band: StoredPlan['bands'][number] | null) => void;
}

function BandPart({ number, band, onChange }: BandPartProps) {
  const t = useTranslations('decks.bands');
  const change = (index: number, window: WindowValue | null): void =>
    onChange({
      ...band,
      windows: band.windows.flatMap((one, at) =>
        at !== index ? [one] : window === null ? [] : [window],
      ),
    });
  return (
    <fieldset className="flex flex-col gap-2 rounded-panel border border-line p-3">
      <div className="flex items-end gap-2">
        <Field label={t('name', { number })}>
          <Input
            autoComplete="off"
            value={band.name}
            onChange={(event) => onChange({ ...band, name: event.currentTarget.value })}
          />
        </Field>
        <IconButton label={t('remove', { number })} onClick={() => onChange(null)}>
          <X />
        </IconButton>
      </div>
      {band.windows.map((window, index) => (
        <BandWindow
          // biome-ignore lint/suspicious/noArrayIndexKey: hours have an order and never move
          key={index}
          window={window}
          onChange={(changed) => change(index, changed)}
        />
      ))}
      <Button
        size="sm"
        variant="quiet"
        icon={<Plus />}
        className="w-fit"
        onClick={() => onChange({ ...band, windows: [...band.windows, emptyWindow()] })}
      >
        {t('addWindow')}
      </Button>
    </fieldset>
  );
}

function useSaveBands(deckId: string, ratesOf: number, onClose: () => void) {
  const t = useTranslations('decks.bands');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (bands: StoredPlan) =>
      callApi({
        method: 'POST',
        path: `/decks/${deckId}/versions`,
        body: { ratesOf, bands },
        response: deckSchema,
      }),
    onSuccess: async (deck) => {
      await refreshDeck(queryClient, deckId);
      onClose();
      toast.done(t('done', { version: deck.versions[0]?.version ?? 0 }));
    },
  });
}
