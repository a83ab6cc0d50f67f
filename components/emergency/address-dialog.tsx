'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Controller, type UseFormReturn, useForm } from 'react-hook-form';
import { z } from 'zod';
import { CHOICE_QUERY } from '@/components/numbers/queries';
import { AddForm } from '@/components/patterns/edit-form';
import { useViewer } from '@/components/portal/me-context';
import { CheckboxField } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { callApi } from '@/lib/client/api';
import { showNumber } from '@/lib/client/format/phone';
import { useList } from '@/lib/client/use-list';
import { addressProblems } from '@/lib/core/emergency-address';
import {
  emergencyAddressSchema,
  type WireEmergencyAddress,
} from '@/lib/services/emergency/schemas';
import { numberSchema } from '@/lib/services/numbers/schemas';
import { tenantSchema } from '@/lib/services/tenants/schemas';
import { nameSchema } from '@/lib/services/wire/schemas';

/** Stands for no number to call back. */
const NONE = 'none';
const line = z.string().trim().min(1, 'must not be empty').max(100);
const optional = z.string().trim().max(100);

const formSchema = z
  .object({
    tenantId: z.string().min(1, 'must be chosen'),
    name: nameSchema,
    country: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z]{2}$/, 'must be a code such as US'),
    street: line,
    houseNumber: z.string().trim().min(1, 'must not be empty').max(20),
    unit: optional,
    city: line,
    region: optional,
    postalCode: z.string().trim().max(12),
    contact: z.string().trim().max(200),
    numberId: z.string(),
    confirmed: z.boolean().refine((value) => value, 'must be confirmed'),
  })
  .superRefine((value, context) => {
    for (const { path, message } of addressProblems(value)) {
      context.addIssue({ code: 'custom', path: [path], message });
    }
  });
type Form = z.infer<typeof formSchema>;

export interface AddressDialogProps {
  /** null: a new one. */
  address: WireEmergencyAddress | null;
  open: boolean;
  onClose: () => void;
}

/** Adds a place to which help can be sent, or changes one; whoever saves it confirms it. */
export function AddressDialog({ address, open, onClose }: AddressDialogProps) {
  const t = useTranslations('emergency.form');
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      width="md"
      sticky
      title={address ? t('editTitle', { name: address.name }) : t('addTitle')}
      description={t('text')}
    >
      <AddressForm key={address?.id ?? 'new'} address={address} onDone={onClose} />
    </Dialog>
  );
}

function valuesOf(address: WireEmergencyAddress | null, country: string): Form {
  return {
    tenantId: address?.tenant.id ?? '',
    name: address?.name ?? '',
    country: address?.country ?? country,
    street: address?.street ?? '',
    houseNumber: address?.houseNumber ?? '',
    unit: address?.unit ?? '',
    city: address?.city ?? '',
    region: address?.region ?? '',
    postalCode: address?.postalCode ?? '',
    contact: address?.contact ?? '',
    numberId: address?.number?.id ?? NONE,
    confirmed: false,
  };
}

interface AddressFormProps {
  address: WireEmergencyAddress | null;
  onDone: () => void;
}

function AddressForm({ address, onDone }: AddressFormProps) {
  const t = useTranslations('emergency.form');
  const { account } = useViewer();
  const tenants = useList({
    path: '/tenants',
    query: account.kind === 'customer' ? { accountId: account.id, ...CHOICE_QUERY } : CHOICE_QUERY,
    item: tenantSchema,
  });
  const [first] = tenants.rows ?? [];
  const form = useForm<Form>({
    resolver: zodResolver(formSchema),
    values: {
      ...valuesOf(address, first?.country ?? ''),
      tenantId: address?.tenant.id ?? first?.id ?? '',
    },
    resetOptions: { keepDirtyValues: true },
  });
  const save = useMutation({
    mutationFn: ({ tenantId, numberId, ...place }: Form) => {
      const body = { ...place, numberId: numberId === NONE ? null : numberId };
      return callApi({
        method: address ? 'PATCH' : 'POST',
        path: address ? `/emergency-addresses/${address.id}` : '/emergency-addresses',
        body: address ? body : { tenantId, ...body },
        response: emergencyAddressSchema,
      });
    },
    onSuccess: onDone,
  });
  const { errors } = form.formState;
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onDone}
      words={{ cancel: t('cancel'), confirm: t(address ? 'save' : 'add') }}
    >
      {!address && (tenants.rows?.length ?? 0) > 1 && (
        <Field label={t('tenant')} error={errors.tenantId?.message}>
          <Controller
            control={form.control}
            name="tenantId"
            render={({ field }) => (
              <Select
                items={(tenants.rows ?? []).map(({ id, domain }) => ({ value: id, label: domain }))}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
      )}
      <Field label={t('name')} hint={t('nameHint')} error={errors.name?.message}>
        <Input autoComplete="off" {...form.register('name')} />
      </Field>
      <PlaceFields form={form} />
      <CallbackField form={form} />
      <Field label={t('contact')} hint={t('contactHint')} error={errors.contact?.message}>
        <Input autoComplete="off" {...form.register('contact')} />
      </Field>
      <Controller
        control={form.control}
        name="confirmed"
        render={({ field }) => (
          <CheckboxField
            label={t('confirmed')}
            hint={
              errors.confirmed ? (
                <span className="text-red-text">{t('confirmedNeeded')}</span>
              ) : undefined
            }
            checked={field.value}
            onCheckedChange={field.onChange}
          />
        )}
      />
    </AddForm>
  );
}

function PlaceFields({ form }: { form: UseFormReturn<Form> }) {
  const t = useTranslations('emergency.form');
  const { errors } = form.formState;
  const field = (
    name: 'street' | 'houseNumber' | 'unit' | 'city' | 'region' | 'postalCode' | 'country',
  ) => (
    <Field label={t(name)} error={errors[name]?.message}>
      <Input autoComplete="off" {...form.register(name)} />
    </Field>
  );
  return (
    <>
      <div className="grid grid-cols-[6rem_1fr] gap-3">
        {field('houseNumber')}
        {field('street')}
      </div>
      {field('unit')}
      <div className="grid grid-cols-2 gap-3">
        {field('city')}
        {field('region')}
        {field('postalCode')}
        {field('country')}
      </div>
    </>
  );
}

/** The number that is shown with a call for help, and called back: one in service at the tenant. */
function CallbackField({ form }: { form: UseFormReturn<Form> }) {
  const t = useTranslations('emergency.form');
  const tenantId = form.watch('tenantId');
  const numbers = useList({
    path: '/numbers',
    query: { tenantId: tenantId === '' ? null : tenantId, state: 'in_service', ...CHOICE_QUERY },
    item: numberSchema,
  });
  const own = (numbers.rows ?? []).filter(({ tenant }) => tenant?.id === tenantId);
  return (
    <Field label={t('number')} hint={t('numberHint')}>
      <Controller
        control={form.control}
        name="numberId"
        render={({ field }) => (
          <Select
            items={[
              { value: NONE, label: t('noNumber') },
              ...own.map(({ id, e164 }) => ({ value: id, label: showNumber(e164).text })),
            ]}
            value={field.value}
            onValueChange={field.onChange}
          />
        )}
      />
    </Field>
  );
}
