'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { SheetSection } from '@/components/ui/sheet';
import { useToast } from '@/components/ui/toast';
import type { WireAccount } from '@/lib/services/accounts/schemas';
import {
  type AccountForm,
  accountChangeOf,
  accountFormOf,
  accountFormSchema,
} from './account-form-values';
import { DeckFields, type DeckFieldsProps } from './deck-fields';
import { useChangeAccount } from './use-change-account';

/** Name, limits, and for its seller prices and credit. */
export function AccountSettings({ account }: { account: WireAccount }) {
  const t = useTranslations('accounts.form');
  const toast = useToast();
  const { account: viewer } = useViewer();
  const mayWrite = useMay('accounts.write') && account.state !== 'terminated';
  const isOwn = account.id === viewer.id;
  const isSeller = !isOwn && (viewer.kind === 'operator' || account.parentId === viewer.id);
  const change = useChangeAccount();
  const form = useForm<AccountForm>({
    resolver: zodResolver(accountFormSchema),
    defaultValues: accountFormOf(account),
  });
  const { isDirty, dirtyFields, errors } = form.formState;
  const save = useMutation({
    mutationFn: (values: AccountForm) => change(account.id, accountChangeOf(values, dirtyFields)),
    onSuccess: ({ name }) => toast.done(t('saved', { name })),
  });
  const { register } = form;
  return (
    <SheetSection>
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}
        className="flex flex-col gap-3"
      >
        {save.error && (
          <Notice tone="red" urgent>
            {save.error.message}
          </Notice>
        )}
        <Field label={t('name')} error={errors.name?.message} disabled={!mayWrite}>
          <Input autoComplete="off" {...register('name')} />
        </Field>
        <Field
          label={t('timeZone')}
          hint={t('timeZoneHint')}
          error={errors.timeZone?.message}
          disabled={!mayWrite}
        >
          <Input autoComplete="off" spellCheck={false} {...register('timeZone')} />
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field
            label={t('maxCalls')}
            error={errors.maxConcurrentCalls?.message}
            disabled={!mayWrite || isOwn}
          >
            <Input inputMode="numeric" autoComplete="off" {...register('maxConcurrentCalls')} />
          </Field>
          <Field
            label={t('maxCps')}
            error={errors.maxCallsPerSecond?.message}
            disabled={!mayWrite || isOwn}
          >
            <Input inputMode="numeric" autoComplete="off" {...register('maxCallsPerSecond')} />
          </Field>
        </div>
        {isSeller && account.wallet && (
          <SellerFields form={form} account={account} disabled={!mayWrite} />
        )}
        {mayWrite && (
          <div className="flex gap-2">
            <Button type="submit" disabled={!isDirty} busy={save.isPending}>
              {t('save')}
            </Button>
            {isDirty && (
              <Button variant="quiet" onClick={() => form.reset()}>
                {t('reset')}
              </Button>
            )}
          </div>
        )}
      </form>
    </SheetSection>
  );
}

/** What only whoever sells to an account sets. */
function SellerFields({ form, account, disabled }: DeckFieldsProps) {
  const t = useTranslations('accounts');
  const { register, control, formState } = form;
  return (
    <>
      <DeckFields form={form} account={account} disabled={disabled} />
      <div className="grid grid-cols-2 gap-3">
        <Field label={t('form.mode')} disabled={disabled}>
          <Controller
            control={control}
            name="walletMode"
            render={({ field }) => (
              <Select
                disabled={disabled}
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
        <Field
          label={t('form.credit')}
          error={formState.errors.creditLimit && t('form.amount')}
          disabled={disabled}
        >
          <Input
            inputMode="decimal"
            autoComplete="off"
            end={account.currency}
            {...register('creditLimit')}
          />
        </Field>
      </div>
    </>
  );
}
