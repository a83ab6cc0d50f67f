'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { useAddTrunk } from '@/components/carriers/use-add-trunk';
import { AddForm } from '@/components/patterns/edit-form';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import type { WireTrunk } from '@/lib/services/trunks/schemas';
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
        <AddPbxForm
          tenants={tenants}
          tenantId={first.id}
          onCancel={() => onOpenChange(false)}
          onAdded={onAdded}
        />
      )}
    </Dialog>
  );
}

interface AddPbxFormProps {
  tenants: readonly PbxTenant[];
  tenantId: string;
  onCancel: () => void;
  onAdded: (trunk: WireTrunk) => void;
}

function AddPbxForm({ tenants, tenantId, onCancel, onAdded }: AddPbxFormProps) {
  const t = useTranslations('trunks.form');
  const form = useForm<PbxForm>({
    resolver: zodResolver(pbxFormSchema),
    defaultValues: pbxFormOf(null, tenantId),
  });
  const add = useAddTrunk<PbxForm>({
    bodyOf: (values) => ({
      kind: 'pbx',
      tenantId: values.tenantId,
      ...pbxSettingsOf(values),
    }),
    said: ({ name }) => t('added', { name }),
    onAdded,
  });
  return (
    <AddForm
      form={form}
      save={add}
      onCancel={onCancel}
      words={{ cancel: t('cancel'), confirm: t('confirm') }}
    >
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
    </AddForm>
  );
}
