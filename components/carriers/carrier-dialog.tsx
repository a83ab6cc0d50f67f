'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import { carrierSchema, type WireCarrier } from '@/lib/services/carriers/schemas';
import { deckSchema } from '@/lib/services/decks/schemas';
import { nameSchema } from '@/lib/services/wire/schemas';
import { BUY_DECKS_QUERY } from './queries';

const NO_DECK = 'none';
const formSchema = z.object({ name: nameSchema, deckId: z.string() });
type Form = z.infer<typeof formSchema>;

export interface CarrierDialogProps {
  /** null: closed · 'new' · the one to change. */
  subject: WireCarrier | 'new' | null;
  onClose: () => void;
}

/** A carrier's name and the deck it charges by. */
export function CarrierDialog({ subject, onClose }: CarrierDialogProps) {
  const t = useTranslations('carriers.carrierForm');
  const isNew = subject === 'new' || subject === null;
  return (
    <Dialog
      open={subject !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={isNew ? t('title') : t('editTitle', { name: subject.name })}
      description={t('text')}
    >
      <CarrierForm
        key={isNew ? 'new' : subject.id}
        carrier={isNew ? null : subject}
        onClose={onClose}
      />
    </Dialog>
  );
}

function CarrierForm({ carrier, onClose }: { carrier: WireCarrier | null; onClose: () => void }) {
  const t = useTranslations('carriers.carrierForm');
  const formId = useId();
  const decks = useList({ path: '/decks', query: BUY_DECKS_QUERY, item: deckSchema });
  const { register, handleSubmit, control, formState } = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: { name: carrier?.name ?? '', deckId: carrier?.buyDeck?.id ?? NO_DECK },
  });
  const save = useSave(carrier, onClose);
  return (
    <form
      id={formId}
      noValidate
      onSubmit={(event) => void handleSubmit((form) => save.mutate(form))(event)}
      className="mt-3 flex flex-col gap-3"
    >
      {save.error && (
        <Notice tone="red" urgent>
          {save.error.message}
        </Notice>
      )}
      <Field label={t('name')} error={formState.errors.name?.message}>
        <Input autoComplete="off" {...register('name')} />
      </Field>
      <Field label={t('deck')}>
        <Controller
          control={control}
          name="deckId"
          render={({ field }) => (
            <Select
              items={[
                { value: NO_DECK, label: t('noDeck'), hint: t('noDeckHint') },
                ...(decks.rows ?? []).map((deck) => ({
                  value: deck.id,
                  label: deck.name,
                  hint: deck.currency,
                })),
              ]}
              value={field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button variant="primary" type="submit" form={formId} busy={save.isPending}>
          {t(carrier ? 'save' : 'confirm')}
        </Button>
      </DialogActions>
    </form>
  );
}

function useSave(carrier: WireCarrier | null, onSaved: () => void) {
  const t = useTranslations('carriers.carrierForm');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ name, deckId }: Form) =>
      callApi({
        method: carrier ? 'PATCH' : 'POST',
        path: carrier ? `/carriers/${carrier.id}` : '/carriers',
        body: { name, buyDeckId: deckId === NO_DECK ? null : deckId },
        response: carrierSchema,
      }),
    onSuccess: async ({ name }) => {
      for (const path of ['/carriers', '/trunks', '/decks']) {
        await queryClient.invalidateQueries({ queryKey: ['list', path] });
      }
      toast.done(t(carrier ? 'saved' : 'added', { name }));
      onSaved();
    },
  });
}
