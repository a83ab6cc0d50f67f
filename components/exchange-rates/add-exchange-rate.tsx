'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import type { z } from 'zod';
import { AddForm } from '@/components/patterns/edit-form';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import {
  createExchangeRateSchema,
  exchangeRateSchema,
} from '@/lib/services/exchange-rates/schemas';

type Form = z.input<typeof createExchangeRateSchema>;

export interface AddExchangeRateProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Says what a currency is worth in another from now on. */
export function AddExchangeRate({ open, onOpenChange }: AddExchangeRateProps) {
  const t = useTranslations('exchangeRates');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('add')} description={t('form.text')}>
      <RateForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function RateForm({ onDone }: { onDone: () => void }) {
  const t = useTranslations('exchangeRates.form');
  const toast = useToast();
  const queryClient = useQueryClient();
  const form = useForm<Form>({
    resolver: zodResolver(createExchangeRateSchema),
    defaultValues: { base: 'EUR', quote: 'USD', rate: '', source: '' },
  });
  const save = useMutation({
    mutationFn: (body: Form) =>
      callApi({ method: 'POST', path: '/exchange-rates', body, response: exchangeRateSchema }),
    onSuccess: async ({ base, quote, rate }) => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/exchange-rates'] });
      toast.done(t('saved', { base, quote, rate }));
      onDone();
    },
  });
  const { errors } = form.formState;
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onDone}
      words={{ cancel: t('cancel'), confirm: t('confirm') }}
    >
      <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-2">
        <Field label={t('base')} error={errors.base?.message}>
          <Input mono autoComplete="off" maxLength={3} {...form.register('base')} />
        </Field>
        <Field label={t('rate')} error={errors.rate?.message}>
          <Input
            mono
            inputMode="decimal"
            autoComplete="off"
            placeholder="1.0845"
            {...form.register('rate')}
          />
        </Field>
        <Field label={t('quote')} error={errors.quote?.message}>
          <Input mono autoComplete="off" maxLength={3} {...form.register('quote')} />
        </Field>
      </div>
      <Field label={t('source')} hint={t('sourceHint')} error={errors.source?.message}>
        <Input autoComplete="off" {...form.register('source')} />
      </Field>
    </AddForm>
  );
}
