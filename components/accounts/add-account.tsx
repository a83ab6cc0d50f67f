'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { Controller, type UseFormReturn, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import { accountSchema, type WireAccount } from '@/lib/services/accounts/schemas';
import { deckSchema } from '@/lib/services/decks/schemas';
import { amountInputSchema, nameSchema } from '@/lib/services/wire/schemas';
import { chosenDeck, NO_DECK } from './account-form-values';
import { RESELLERS_QUERY, sellDecksQuery } from './queries';

const formSchema = z.object({
  kind: z.enum(['customer', 'reseller']),
  parentId: z.string(),
  name: nameSchema,
  sellDeckId: z.string(),
  walletMode: z.enum(['prepaid', 'postpaid']),
  creditLimit: amountInputSchema,
});
type Form = z.infer<typeof formSchema>;

export interface AddAccountProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onAdded: (account: WireAccount) => void;
}

/** A new customer or reseller: below whom, at which prices; it opens at once. */
export function AddAccount({ open, onOpenChange, onAdded }: AddAccountProps) {
  const t = useTranslations('accounts.add');
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="md"
      sticky
      title={t('title')}
      description={t('text')}
    >
      <AddForm
        onCancel={() => onOpenChange(false)}
        onAdded={(account) => {
          onOpenChange(false);
          onAdded(account);
        }}
      />
    </Dialog>
  );
}

interface AddFormProps {
  onCancel: () => void;
  onAdded: (account: WireAccount) => void;
}

function AddForm({ onCancel, onAdded }: AddFormProps) {
  const t = useTranslations('accounts.add');
  const { account: viewer } = useViewer();
  const formId = useId();
  const form = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: {
      kind: 'customer',
      parentId: viewer.id,
      name: '',
      sellDeckId: NO_DECK,
      walletMode: 'prepaid',
      creditLimit: '0',
    },
  });
  const add = useAdd(onAdded);
  return (
    <form
      id={formId}
      noValidate
      onSubmit={(event) => void form.handleSubmit((values) => add.mutate(values))(event)}
      className="mt-3 flex flex-col gap-3"
    >
      {add.error && (
        <Notice tone="red" urgent>
          {add.error.message}
        </Notice>
      )}
      <PlaceFields form={form} />
      <PriceFields form={form} />
      <DialogActions>
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button variant="primary" type="submit" form={formId} busy={add.isPending}>
          {t('confirm')}
        </Button>
      </DialogActions>
    </form>
  );
}

/** Who it is and whom it buys from. */
function PlaceFields({ form }: { form: UseFormReturn<Form> }) {
  const t = useTranslations('accounts');
  const { account: viewer } = useViewer();
  const { control, register, formState, setValue } = form;
  // A reseller creates its own customers; further down that is for whoever sells there.
  const isOperator = viewer.kind === 'operator';
  const resellers = useList({ path: '/accounts', query: RESELLERS_QUERY, item: accountSchema });
  const sellers = (resellers.rows ?? []).filter(
    ({ id, state }) => id !== viewer.id && state !== 'terminated',
  );
  return (
    <>
      <Field label={t('add.name')} error={formState.errors.name?.message}>
        <Input autoComplete="off" {...register('name')} />
      </Field>
      <Field label={t('add.kind')}>
        <Controller
          control={control}
          name="kind"
          render={({ field }) => (
            <Select
              items={[
                { value: 'customer', label: t('kinds.customer'), hint: t('add.customerHint') },
                { value: 'reseller', label: t('kinds.reseller'), hint: t('add.resellerHint') },
              ]}
              value={field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
      {isOperator && (
        <Field label={t('add.parent')}>
          <Controller
            control={control}
            name="parentId"
            render={({ field }) => (
              <Combobox
                label={t('add.parent')}
                emptyText={t('add.parentNone')}
                items={[
                  { value: viewer.id, label: viewer.name },
                  ...sellers.map(({ id, name }) => ({ value: id, label: name })),
                ]}
                value={field.value}
                onValueChange={(parentId) => {
                  field.onChange(parentId ?? viewer.id);
                  // Each seller has decks of its own.
                  setValue('sellDeckId', NO_DECK);
                }}
              />
            )}
          />
        </Field>
      )}
    </>
  );
}

/** What it pays, and how. */
function PriceFields({ form }: { form: UseFormReturn<Form> }) {
  const t = useTranslations('accounts');
  const { account: viewer } = useViewer();
  const { control, register, formState, watch } = form;
  const decks = useList({
    path: '/decks',
    query: sellDecksQuery(watch('parentId')),
    item: deckSchema,
  });
  return (
    <>
      <Field label={t('add.deck')} hint={t('add.deckHint')}>
        <Controller
          control={control}
          name="sellDeckId"
          render={({ field }) => (
            <Select
              items={[
                { value: NO_DECK, label: t('form.noDeck'), hint: t('form.noDeckHint') },
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
      <div className="grid grid-cols-2 gap-3">
        <Field label={t('add.mode')}>
          <Controller
            control={control}
            name="walletMode"
            render={({ field }) => (
              <Select
                items={(['prepaid', 'postpaid'] as const).map((value) => ({
                  value,
                  label: t(`modes.${value}`),
                }))}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
        <Field label={t('add.credit')} error={formState.errors.creditLimit && t('form.amount')}>
          <Input
            inputMode="decimal"
            autoComplete="off"
            end={viewer.currency}
            {...register('creditLimit')}
          />
        </Field>
      </div>
    </>
  );
}

function useAdd(onAdded: (account: WireAccount) => void) {
  const t = useTranslations('accounts.add');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ sellDeckId, ...values }: Form) =>
      callApi({
        method: 'POST',
        path: '/accounts',
        body: { ...values, sellDeckId: chosenDeck(sellDeckId) },
        response: accountSchema,
      }),
    onSuccess: async (account) => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/accounts'] });
      toast.done(t('done', { name: account.name }));
      onAdded(account);
    },
  });
}
