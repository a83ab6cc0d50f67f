'use client';

import { useTranslations } from 'next-intl';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { CheckboxField } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { TrunkForm } from './trunk-form-values';

/** The fields of a trunk, for a new one and for a change. */
export function TrunkFields({
  form,
  disabled,
}: {
  form: UseFormReturn<TrunkForm>;
  disabled?: boolean;
}) {
  const t = useTranslations('carriers');
  const { register, control, formState } = form;
  const { errors } = formState;
  return (
    <>
      <Field label={t('trunkForm.name')} error={errors.name?.message} disabled={disabled}>
        <Input autoComplete="off" {...register('name')} />
      </Field>
      <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-3">
        <Field
          label={t('trunkForm.address')}
          hint={t('trunkForm.addressHint')}
          error={errors.address?.message}
          disabled={disabled}
        >
          <Input mono autoComplete="off" spellCheck={false} {...register('address')} />
        </Field>
        <Field label={t('trunkForm.port')} error={errors.port?.message} disabled={disabled}>
          <Input
            mono
            inputMode="numeric"
            placeholder="5060"
            autoComplete="off"
            {...register('port')}
          />
        </Field>
      </div>
      <div className="grid grid-cols-2 gap-3">
        <Field label={t('trunkForm.transport')} disabled={disabled}>
          <Controller
            control={control}
            name="transport"
            render={({ field }) => (
              <Select
                disabled={disabled}
                items={[
                  { value: 'any', label: t('anyTransport'), hint: t('anyTransportHint') },
                  ...(['udp', 'tcp', 'tls'] as const).map((value) => ({
                    value,
                    label: t(`transports.${value}`),
                  })),
                ]}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
        <Field label={t('trunkForm.format')} disabled={disabled}>
          <Controller
            control={control}
            name="numberFormat"
            render={({ field }) => (
              <Select
                disabled={disabled}
                items={(['plus_e164', 'e164', 'national'] as const).map((value) => ({
                  value,
                  label: t(`formats.${value}`),
                }))}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
      </div>
      <Field
        label={t('trunkForm.channels')}
        hint={t('trunkForm.channelsHint')}
        error={errors.maxChannels?.message}
        disabled={disabled}
      >
        <Input inputMode="numeric" autoComplete="off" {...register('maxChannels')} />
      </Field>
      <Controller
        control={control}
        name="emergency"
        render={({ field }) => (
          <CheckboxField
            label={t('trunkForm.emergency')}
            hint={t('trunkForm.emergencyHint')}
            checked={field.value}
            onCheckedChange={(checked) => field.onChange(checked)}
            disabled={disabled}
          />
        )}
      />
    </>
  );
}
