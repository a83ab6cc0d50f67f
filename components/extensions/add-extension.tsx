'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { TextLink } from '@/components/ui/text-link';
import { callApi } from '@/lib/client/api';
import { ApiProblem } from '@/lib/client/api-problem';
import {
  extensionNumberSchema,
  extensionSchema,
  type WireExtension,
} from '@/lib/services/extensions/schemas';
import { nameSchema } from '@/lib/services/wire/schemas';

/** A place where extensions can be. */
export interface TenantChoice {
  id: string;
  domain: string;
}

export interface AddExtensionProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  tenants: readonly TenantChoice[];
  onAdded: (extension: WireExtension) => void;
}

const formSchema = z.object({
  name: nameSchema,
  number: z.union([z.literal(''), extensionNumberSchema]),
  tenantId: z.string(),
});
type Form = z.infer<typeof formSchema>;

/** Asks for a name, the rest can be left to the product; the new one opens at once. */
export function AddExtension({ open, onOpenChange, tenants, onAdded }: AddExtensionProps) {
  const t = useTranslations('extensions.addDialog');
  const { account } = useViewer();
  const [first] = tenants;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('title')}
      description={first ? t('text') : t('noTenant', { seller: account.sellerName ?? '' })}
    >
      {first ? (
        <AddForm
          tenants={tenants}
          defaultTenantId={first.id}
          onCancel={() => onOpenChange(false)}
          onAdded={(extension) => {
            onOpenChange(false);
            onAdded(extension);
          }}
        />
      ) : (
        <DialogActions>
          <Button onClick={() => onOpenChange(false)}>{t('cancel')}</Button>
        </DialogActions>
      )}
    </Dialog>
  );
}

interface AddFormProps {
  tenants: readonly TenantChoice[];
  defaultTenantId: string;
  onCancel: () => void;
  onAdded: (extension: WireExtension) => void;
}

function AddForm({ tenants, defaultTenantId, onCancel, onAdded }: AddFormProps) {
  const t = useTranslations('extensions.addDialog');
  const formId = useId();
  const { register, handleSubmit, control, formState } = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: { name: '', number: '', tenantId: defaultTenantId },
  });
  const add = useAdd(onAdded);
  const { errors } = formState;
  return (
    <form
      id={formId}
      noValidate
      onSubmit={(event) => void handleSubmit((form) => add.mutate(form))(event)}
      className="mt-3 flex flex-col gap-3"
    >
      {add.error && <AddRefused error={add.error} />}
      <Field label={t('name')} hint={t('nameHint')} error={errors.name?.message}>
        <Input autoComplete="off" {...register('name')} />
      </Field>
      <Field label={t('number')} hint={t('numberHint')} error={errors.number?.message}>
        <Input inputMode="numeric" autoComplete="off" mono {...register('number')} />
      </Field>
      {tenants.length > 1 && (
        <Field label={t('domain')}>
          <Controller
            control={control}
            name="tenantId"
            render={({ field }) => (
              <Select
                items={tenants.map(({ id, domain }) => ({ value: id, label: domain }))}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
      )}
      <DialogActions>
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button variant="primary" type="submit" form={formId} busy={add.isPending}>
          {t('confirm')}
        </Button>
      </DialogActions>
    </form>
  );
}

function useAdd(onAdded: (extension: WireExtension) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ name, number, tenantId }: Form) =>
      callApi({
        method: 'POST',
        path: '/extensions',
        body: { name, tenantId, ...(number === '' ? {} : { number }) },
        response: extensionSchema,
      }),
    onSuccess: async (extension) => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/extensions'] });
      onAdded(extension);
    },
  });
}

function AddRefused({ error }: { error: Error }) {
  const t = useTranslations('extensions.addDialog');
  const isFull = error instanceof ApiProblem && error.code === 'USAGE_EXCEEDS_LIMIT';
  return (
    <Notice
      tone={isFull ? 'amber' : 'red'}
      urgent
      aside={isFull && <TextLink href="/plans">{t('toPlans')}</TextLink>}
    >
      {isFull ? t('full') : error.message}
    </Notice>
  );
}
