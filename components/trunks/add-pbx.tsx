'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { trunkSchema, type WireTrunk } from '@/lib/services/trunks/schemas';
import { PbxFields, type PbxForm, pbxFormOf, pbxFormSchema, pbxSettingsOf } from './pbx-form';
import type { PbxTenant } from './pbx-page';

export interface AddPbxProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  tenants: readonly PbxTenant[];
  onAdded: (trunk: WireTrunk) => void;
}

/** Asks for a PBX's name and domain; its secret is made when it is first asked for. */
export function AddPbx({ open, onOpenChange, tenants, onAdded }: AddPbxProps) {
  const t = useTranslations('trunks.form');
  const [first] = tenants;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="md"
      sticky
      title={t('title')}
      description={t('text')}
    >
      {first && (
        <AddForm
          tenants={tenants}
          tenantId={first.id}
          onCancel={() => onOpenChange(false)}
          onAdded={onAdded}
        />
      )}
    </Dialog>
  );
}

interface AddFormProps {
  tenants: readonly PbxTenant[];
  tenantId: string;
  onCancel: () => void;
  onAdded: (trunk: WireTrunk) => void;
}

function AddForm({ tenants, tenantId, onCancel, onAdded }: AddFormProps) {
  const t = useTranslations('trunks.form');
  const formId = useId();
  const toast = useToast();
  const queryClient = useQueryClient();
  const form = useForm<PbxForm>({
    resolver: zodResolver(pbxFormSchema),
    defaultValues: pbxFormOf(null, tenantId),
  });
  const add = useMutation({
    mutationFn: (values: PbxForm) =>
      callApi({
        method: 'POST',
        path: '/trunks',
        body: { kind: 'pbx', tenantId: values.tenantId, ...pbxSettingsOf(values) },
        response: trunkSchema,
      }),
    onSuccess: async (trunk) => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/trunks'] });
      toast.done(t('added', { name: trunk.name }));
      onAdded(trunk);
    },
  });
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
      {tenants.length > 1 && (
        <Field label={t('tenant')}>
          <Controller
            control={form.control}
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
      <PbxFields form={form} />
      <DialogActions>
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button variant="primary" type="submit" form={formId} busy={add.isPending}>
          {t('confirm')}
        </Button>
      </DialogActions>
    </form>
  );
}
