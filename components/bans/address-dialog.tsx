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
import { allowAddressSchema, allowedAddressSchema, banSchema } from '@/lib/services/bans/schemas';
import type { BansView } from './queries';

const HOUR_MS = 3_600_000;
const LENGTHS_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const;
const TERMS = ['hour', 'day', 'month', 'ever'] as const;
type Term = (typeof TERMS)[number];

const formSchema = allowAddressSchema.extend({ term: z.enum(TERMS) });
type Form = z.infer<typeof formSchema>;

export interface AddressDialogProps {
  /** Which list it is added to; null: closed. */
  kind: BansView | null;
  onClose: () => void;
}

/** Shuts an address or a range out, or exempts it. */
export function AddressDialog({ kind, onClose }: AddressDialogProps) {
  const t = useTranslations('bans');
  const shown = kind ?? 'bans';
  return (
    <Dialog
      open={kind !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t(shown === 'bans' ? 'ban' : 'allow')}
      description={t(shown === 'bans' ? 'form.banText' : 'form.allowText')}
    >
      <AddressForm key={kind} kind={shown} onClose={onClose} />
    </Dialog>
  );
}

function AddressForm({ kind, onClose }: { kind: BansView; onClose: () => void }) {
  const t = useTranslations('bans.form');
  const formId = useId();
  const { register, handleSubmit, control, formState } = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: { address: '', reason: '', term: 'day' },
  });
  const save = useSave(kind, onClose);
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
      <Field label={t('address')} hint={t('addressHint')} error={formState.errors.address?.message}>
        <Input mono autoComplete="off" {...register('address')} />
      </Field>
      <Field label={t('reason')} error={formState.errors.reason?.message}>
        <Input autoComplete="off" {...register('reason')} />
      </Field>
      {kind === 'bans' && (
        <Field label={t('until')}>
          <Controller
            control={control}
            name="term"
            render={({ field }) => (
              <Select<Term>
                items={TERMS.map((value) => ({ value, label: t(value) }))}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button variant="primary" type="submit" form={formId} busy={save.isPending}>
          {t(kind === 'bans' ? 'confirmBan' : 'confirmAllow')}
        </Button>
      </DialogActions>
    </form>
  );
}

function useSave(kind: BansView, onSaved: () => void) {
  const t = useTranslations('bans.form');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ address, reason, term }: Form) => {
      const method = 'POST';
      if (kind === 'allowed') {
        const body = { address, reason };
        const response = allowedAddressSchema;
        return await callApi({ method, path: '/allowed-addresses', body, response });
      }
      const until = term === 'ever' ? null : new Date(Date.now() + LENGTHS_MS[term]).toISOString();
      const body = { address, reason, until };
      return await callApi({ method, path: '/bans', body, response: banSchema });
    },
    onSuccess: async ({ address }) => {
      const path = kind === 'bans' ? '/bans' : '/allowed-addresses';
      await queryClient.invalidateQueries({ queryKey: ['list', path] });
      toast.done(t(kind === 'bans' ? 'banned' : 'allowed', { address }));
      onSaved();
    },
  });
}
