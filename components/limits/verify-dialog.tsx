'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { AddForm } from '@/components/patterns/edit-form';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import { tenantSchema } from '@/lib/services/tenants/schemas';
import {
  type CreateVerifiedNumberInput,
  createVerifiedNumberSchema,
  verifiedNumberSchema,
} from '@/lib/services/verified-numbers/schemas';
import { NEWEST_QUERY } from './queries';

/** Confirms that a number of somebody else is a domain's to show. */
export function VerifyDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('limits.callerIds');
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t('add')}
      description={t('addText')}
    >
      <VerifyForm key={String(open)} onClose={onClose} />
    </Dialog>
  );
}

function VerifyForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations('limits.callerIds');
  const toast = useToast();
  const queryClient = useQueryClient();
  const tenants = useList({ path: '/tenants', query: NEWEST_QUERY, item: tenantSchema });
  const form = useForm<CreateVerifiedNumberInput>({
    resolver: zodResolver(createVerifiedNumberSchema),
    defaultValues: { tenantId: '', e164: '', reason: '' },
  });
  const save = useMutation({
    mutationFn: (body: CreateVerifiedNumberInput) =>
      callApi({ method: 'POST', path: '/verified-numbers', body, response: verifiedNumberSchema }),
    onSuccess: async ({ e164, domain }) => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/verified-numbers'] });
      toast.done(t('added', { number: e164, domain }));
      onClose();
    },
  });
  const { errors } = form.formState;
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onClose}
      words={{ cancel: t('cancel'), confirm: t('confirm') }}
    >
      <Field label={t('domain')} error={errors.tenantId && t('chooseDomain')}>
        <Controller
          control={form.control}
          name="tenantId"
          render={({ field }) => (
            <Select
              placeholder={t('chooseDomain')}
              items={(tenants.rows ?? []).map(({ id, domain }) => ({ value: id, label: domain }))}
              value={field.value === '' ? null : field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
      <Field label={t('number')} hint={t('numberHint')} error={errors.e164?.message}>
        <Input mono type="tel" autoComplete="off" {...form.register('e164')} />
      </Field>
      <Field label={t('reason')} hint={t('reasonHint')} error={errors.reason?.message}>
        <Input autoComplete="off" {...form.register('reason')} />
      </Field>
    </AddForm>
  );
}
