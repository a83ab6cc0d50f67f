'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Controller, type UseFormReturn, useForm } from 'react-hook-form';
import { z } from 'zod';
import { AddForm } from '@/components/patterns/edit-form';
import { useViewer } from '@/components/portal/me-context';
import { CheckboxField } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { callApi } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import { accountSchema } from '@/lib/services/accounts/schemas';
import { numberPriceSchema, type WireNumberPrice } from '@/lib/services/number-prices/schemas';
import { numberKindSchema } from '@/lib/services/numbers/schemas';
import { amountInputSchema, currencySchema } from '@/lib/services/wire/schemas';
import { CHOICE_QUERY } from './queries';

/** Stands for whatever fits. */
const ANY = 'any';

const formSchema = z.object({
  buyerId: z.string(),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^([A-Z]{2})?$/, 'must be a code such as US'),
  kind: z.string(),
  group: z.string().trim().max(60),
  prefix: z
    .string()
    .trim()
    .transform((text) => text.replace(/^\+/, ''))
    .pipe(z.string().regex(/^\d{0,15}$/, 'must be digits')),
  currency: currencySchema,
  setUp: amountInputSchema,
  perPeriod: amountInputSchema,
  applyToRunning: z.boolean(),
});
type Form = z.infer<typeof formSchema>;

export interface PriceDialogProps {
  /** null: a new one. */
  price: WireNumberPrice | null;
  open: boolean;
  onClose: () => void;
}

/** Adds a line to the price list, or changes what one asks. */
export function PriceDialog({ price, open, onClose }: PriceDialogProps) {
  const t = useTranslations('numbers.prices');
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      width="md"
      title={t(price ? 'editTitle' : 'addTitle')}
      description={price ? undefined : t('addText')}
    >
      <PriceForm key={price?.id ?? 'new'} price={price} onDone={onClose} />
    </Dialog>
  );
}

/** "2.000000" as somebody would have typed it. */
const typed = (amount: string | undefined, otherwise: string): string =>
  amount?.replace(/0+$/, '').replace(/\.$/, '') ?? otherwise;

function PriceForm({ price, onDone }: { price: WireNumberPrice | null; onDone: () => void }) {
  const t = useTranslations('numbers.prices');
  const queryClient = useQueryClient();
  const { account } = useViewer();
  const form = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: {
      buyerId: ANY,
      country: '',
      kind: ANY,
      group: '',
      prefix: '',
      currency: price?.perPeriod.currency ?? account.currency,
      setUp: typed(price?.setUp.amount, '0'),
      perPeriod: typed(price?.perPeriod.amount, ''),
      applyToRunning: false,
    },
  });
  const save = useMutation({
    mutationFn: ({ setUp, perPeriod, applyToRunning, ...rule }: Form) =>
      price
        ? callApi({
            method: 'PATCH',
            path: `/number-prices/${price.id}`,
            body: { setUp, perPeriod, applyToRunning },
            response: numberPriceSchema,
          })
        : callApi({
            method: 'POST',
            path: '/number-prices',
            body: {
              setUp,
              perPeriod,
              currency: rule.currency,
              group: rule.group,
              prefix: rule.prefix,
              country: rule.country === '' ? null : rule.country,
              kind: rule.kind === ANY ? null : rule.kind,
              buyerId: rule.buyerId === ANY ? null : rule.buyerId,
            },
            response: numberPriceSchema,
          }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/number-prices'] });
      onDone();
    },
  });
  const { errors } = form.formState;
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onDone}
      words={{ cancel: t('cancel'), confirm: t(price ? 'save' : 'add') }}
    >
      {!price && <RuleFields form={form} />}
      <div className="grid grid-cols-2 gap-3">
        <Field label={t('setUp')} error={errors.setUp?.message}>
          <Input inputMode="decimal" autoComplete="off" {...form.register('setUp')} />
        </Field>
        <Field label={t('perPeriod')} error={errors.perPeriod?.message}>
          <Input inputMode="decimal" autoComplete="off" {...form.register('perPeriod')} />
        </Field>
      </div>
      {price && (
        <Controller
          control={form.control}
          name="applyToRunning"
          render={({ field }) => (
            <CheckboxField
              label={t('applyToRunning')}
              hint={t('applyToRunningHint')}
              checked={field.value}
              onCheckedChange={field.onChange}
            />
          )}
        />
      )}
    </AddForm>
  );
}

function RuleFields({ form }: { form: UseFormReturn<Form> }) {
  const t = useTranslations('numbers.prices');
  const tNumbers = useTranslations('numbers');
  const { account } = useViewer();
  const { errors } = form.formState;
  const children = useList({
    path: '/accounts',
    query: { parentId: account.id, ...CHOICE_QUERY },
    item: accountSchema,
  });
  return (
    <>
      <Field label={t('buyer')}>
        <Controller
          control={form.control}
          name="buyerId"
          render={({ field }) => (
            <Select
              items={[
                { value: ANY, label: t('everybody') },
                ...(children.rows ?? []).map(({ id, name }) => ({ value: id, label: name })),
              ]}
              value={field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
      <div className="grid grid-cols-2 gap-3">
        <Field label={t('country')} hint={t('countryHint')} error={errors.country?.message}>
          <Input autoComplete="off" maxLength={2} {...form.register('country')} />
        </Field>
        <Field label={t('kind')}>
          <Controller
            control={form.control}
            name="kind"
            render={({ field }) => (
              <Select
                items={[
                  { value: ANY, label: t('anyKind') },
                  ...numberKindSchema.options.map((value) => ({
                    value,
                    label: tNumbers(`kinds.${value}`),
                  })),
                ]}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
        <Field label={t('prefix')} hint={t('prefixHint')} error={errors.prefix?.message}>
          <Input mono autoComplete="off" {...form.register('prefix')} />
        </Field>
        <Field label={t('group')} hint={t('groupHint')} error={errors.group?.message}>
          <Input autoComplete="off" {...form.register('group')} />
        </Field>
      </div>
      <Field label={t('currency')} hint={t('currencyHint')} error={errors.currency?.message}>
        <Input autoComplete="off" maxLength={3} {...form.register('currency')} />
      </Field>
    </>
  );
}
