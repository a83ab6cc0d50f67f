'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { AddForm } from '@/components/patterns/edit-form';
import { useViewer } from '@/components/portal/me-context';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { deckSchema } from '@/lib/services/decks/schemas';
import { currencySchema, nameSchema } from '@/lib/services/wire/schemas';

const DECIMALS = ['6', '5', '4', '3', '2', '1', '0'] as const;

const formSchema = z.object({
  name: nameSchema,
  kind: z.enum(['sell', 'buy']),
  /** Empty: the account's. */
  currency: z.union([z.literal(''), currencySchema]),
  rounding: z.enum(['half_up', 'half_even', 'up', 'down']),
  /** As the field has it. */
  decimals: z.enum(DECIMALS),
  pricing: z.enum(['rates', 'markup']),
});
type Form = z.infer<typeof formSchema>;

export interface AddDeckProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  home: string;
}

/** A new price list, which begins empty. */
export function AddDeck({ open, onOpenChange, home }: AddDeckProps) {
  const t = useTranslations('decks.add');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('title')} description={t('text')}>
      <DeckForm home={home} onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

function DeckForm({ home, onClose }: { home: string; onClose: () => void }) {
  const t = useTranslations('decks.add');
  const { account } = useViewer();
  const isOperator = account.kind === 'operator';
  const form = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: {
      name: '',
      kind: 'sell',
      currency: '',
      rounding: 'half_up',
      decimals: '6',
      pricing: 'rates',
    },
  });
  const { errors } = form.formState;
  return (
    <AddForm
      form={form}
      save={useAdd(home, onClose)}
      onCancel={onClose}
      words={{ cancel: t('cancel'), confirm: t('confirm') }}
    >
      <Field label={t('name')} error={errors.name?.message}>
        <Input autoComplete="off" {...form.register('name')} />
      </Field>
      {isOperator ? <KindField form={form} /> : <PricingField form={form} />}
      <Field label={t('currency')} hint={t('currencyHint')} error={errors.currency?.message}>
        <Input autoComplete="off" placeholder="USD" mono {...form.register('currency')} />
      </Field>
      <RoundingField form={form} />
      <DecimalsField form={form} />
    </AddForm>
  );
}

interface FormPart {
  form: ReturnType<typeof useForm<Form>>;
}

function KindField({ form }: FormPart) {
  const t = useTranslations('decks');
  return (
    <Field label={t('add.kind')}>
      <Controller
        control={form.control}
        name="kind"
        render={({ field }) => (
          <Select
            items={[
              { value: 'sell', label: t('kindsLong.sell') },
              { value: 'buy', label: t('kindsLong.buy') },
            ]}
            value={field.value}
            onValueChange={field.onChange}
          />
        )}
      />
    </Field>
  );
}

function PricingField({ form }: FormPart) {
  const t = useTranslations('decks.add');
  return (
    <Field label={t('pricing')} hint={t('pricingHint')}>
      <Controller
        control={form.control}
        name="pricing"
        render={({ field }) => (
          <Select
            items={[
              { value: 'rates', label: t('pricingRates') },
              { value: 'markup', label: t('pricingMarkup') },
            ]}
            value={field.value}
            onValueChange={field.onChange}
          />
        )}
      />
    </Field>
  );
}

function RoundingField({ form }: FormPart) {
  const t = useTranslations('decks');
  const modes = ['half_up', 'half_even', 'up', 'down'] as const;
  return (
    <Field label={t('add.rounding')}>
      <Controller
        control={form.control}
        name="rounding"
        render={({ field }) => (
          <Select
            items={modes.map((mode) => ({ value: mode, label: t(`deck.roundings.${mode}`) }))}
            value={field.value}
            onValueChange={field.onChange}
          />
        )}
      />
    </Field>
  );
}

function DecimalsField({ form }: FormPart) {
  const t = useTranslations('decks.add');
  return (
    <Field label={t('decimals')}>
      <Controller
        control={form.control}
        name="decimals"
        render={({ field }) => (
          <Select
            items={DECIMALS.map((value) => ({ value, label: value }))}
            value={field.value}
            onValueChange={field.onChange}
          />
        )}
      />
    </Field>
  );
}

function useAdd(home: string, onClose: () => void) {
  const t = useTranslations('decks.add');
  const toast = useToast();
  const router = useRouter();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ currency, decimals, ...rest }: Form) =>
      callApi({
        method: 'POST',
        path: '/decks',
        body: { ...rest, decimals: Number(decimals), ...(currency === '' ? {} : { currency }) },
        response: deckSchema,
      }),
    onSuccess: async (deck) => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/decks'] });
      onClose();
      toast.done(t('done', { name: deck.name }));
      router.push(`${home}/${deck.id}`);
    },
  });
}
