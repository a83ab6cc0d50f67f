'use client';

import { useTranslations } from 'next-intl';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { RecordingRule } from '@/components/recordings/recording-rule';
import { CheckboxField } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { identityHeaderSchema } from '@/lib/services/trunks/schemas';
import { MEDIA_SECURITIES } from '@/lib/services/wire/schemas';
import type { TrunkForm } from './trunk-form-values';
import { type TrunkText, TrunkTextField } from './trunk-text-field';

interface PartProps {
  form: UseFormReturn<TrunkForm>;
  disabled?: boolean | undefined;
}

/** The fields of a trunk, for a new one and for a change: what is usual, then what is not. */
export function TrunkFields({ form, isNew, disabled }: PartProps & { isNew?: boolean }) {
  const t = useTranslations('carriers.trunkForm');
  const kind = form.watch('kind');
  const text = (name: TrunkText) => <TrunkTextField form={form} name={name} disabled={disabled} />;
  return (
    <>
      {text('name')}
      {kind === 'registration' ? (
        <>
          <PlaceFields form={form} name="host" disabled={disabled} />
          <div className="grid grid-cols-2 items-start gap-3 max-md:grid-cols-1">
            {text('username')}
            <TrunkTextField
              form={form}
              name="secret"
              hint={isNew ? t('secretNewHint') : undefined}
              disabled={disabled}
            />
          </div>
          {text('realm')}
        </>
      ) : (
        <PlaceFields form={form} name="address" disabled={disabled} />
      )}
      <div className="grid grid-cols-2 items-start gap-3 max-md:grid-cols-1">
        <TransportField form={form} disabled={disabled} />
        {text('optionsSeconds')}
      </div>
      <div className="grid grid-cols-2 items-start gap-3 max-md:grid-cols-1">
        <FormatField form={form} name="numberFormat" disabled={disabled} />
        {text('maxChannels')}
      </div>
      <MoreFields form={form} disabled={disabled} />
      <Check form={form} name="emergency" disabled={disabled} />
      {form.watch('emergency') && text('emergencyCountries')}
    </>
  );
}

/** Where it is, and the port. */
function PlaceFields({ form, name, disabled }: PartProps & { name: 'address' | 'host' }) {
  const t = useTranslations('carriers.trunkForm');
  const { register, formState } = form;
  const { errors } = formState;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-3">
      <TrunkTextField form={form} name={name} disabled={disabled} />
      <Field label={t('port')} error={errors.port?.message} disabled={disabled}>
        <Input
          mono
          inputMode="numeric"
          placeholder={name === 'host' ? t('byDns') : '5060'}
          autoComplete="off"
          {...register('port')}
        />
      </Field>
    </div>
  );
}

/** What most trunks never need, folded away. */
function MoreFields({ form, disabled }: PartProps) {
  const t = useTranslations('carriers.trunkForm');
  const kind = form.watch('kind');
  const text = (name: TrunkText) => <TrunkTextField form={form} name={name} disabled={disabled} />;
  return (
    <details className="rounded-panel border border-line px-3 py-2 open:pb-3">
      <summary className="cursor-pointer font-medium text-ink-2">{t('more')}</summary>
      <div className="mt-3 flex flex-col gap-3">
        {kind !== 'registration' && text('host')}
        {text('proxy')}
        {text('codecs')}
        <div className="grid grid-cols-2 items-start gap-3 max-md:grid-cols-1">
          {text('stripDigits')}
          {text('prependDigits')}
          <FormatField form={form} name="numberFormatIn" disabled={disabled} />
          {text('country')}
          {text('maxChannelsOut')}
          {text('maxChannelsIn')}
          {text('maxCallsPerSecond')}
          {text('tlsName')}
          {kind !== 'pbx' && text('minAnswerPercent')}
          {kind !== 'pbx' && text('minTalkSeconds')}
        </div>
        {text('tlsCa')}
        <IdentityField form={form} disabled={disabled} />
        <MediaSecuritySelect form={form} disabled={disabled} />
        <Controller
          control={form.control}
          name="recording"
          render={({ field }) => (
            <RecordingRule value={field.value} onValueChange={field.onChange} disabled={disabled} />
          )}
        />
        <Check form={form} name="trustedIdentity" disabled={disabled} />
      </div>
    </details>
  );
}

function TransportField({ form, disabled }: PartProps) {
  const t = useTranslations('carriers');
  return (
    <Field label={t('trunkForm.transport')} disabled={disabled}>
      <Controller
        control={form.control}
        name="transport"
        render={({ field }) => (
          <Select
            disabled={disabled ?? false}
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
  );
}

function FormatField({
  form,
  name,
  disabled,
}: PartProps & { name: 'numberFormat' | 'numberFormatIn' }) {
  const t = useTranslations('carriers');
  return (
    <Field label={t(`trunkForm.${name}`)} disabled={disabled}>
      <Controller
        control={form.control}
        name={name}
        render={({ field }) => (
          <Select
            disabled={disabled ?? false}
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
  );
}

/** By what it is told who calls. */
function IdentityField({ form, disabled }: PartProps) {
  const t = useTranslations('carriers');
  return (
    <Field
      label={t('trunkForm.identityHeader')}
      hint={t('trunkForm.identityHeaderHint')}
      disabled={disabled}
    >
      <Controller
        control={form.control}
        name="identityHeader"
        render={({ field }) => (
          <Select
            disabled={disabled ?? false}
            items={identityHeaderSchema.options.map((value) => ({
              value,
              label: t(`identityHeaders.${value}`),
            }))}
            value={field.value}
            onValueChange={field.onChange}
          />
        )}
      />
    </Field>
  );
}

/** How the voice is protected on its way over the trunk. */
function MediaSecuritySelect({ form, disabled }: PartProps) {
  const t = useTranslations('carriers.trunkForm');
  return (
    <Field label={t('mediaSecurity')} hint={t('mediaSecurityHint')} disabled={disabled}>
      <Controller
        control={form.control}
        name="mediaSecurity"
        render={({ field }) => (
          <Select
            disabled={disabled ?? false}
            items={MEDIA_SECURITIES.map((value) => ({
              value,
              label: t(`mediaSecurities.${value}`),
            }))}
            value={field.value}
            onValueChange={field.onChange}
          />
        )}
      />
    </Field>
  );
}

function Check({ form, name, disabled }: PartProps & { name: 'emergency' | 'trustedIdentity' }) {
  const t = useTranslations('carriers.trunkForm');
  return (
    <Controller
      control={form.control}
      name={name}
      render={({ field }) => (
        <CheckboxField
          label={t(name)}
          hint={t(`${name}Hint`)}
          checked={field.value}
          onCheckedChange={(checked) => field.onChange(checked)}
          disabled={disabled ?? false}
        />
      )}
    />
  );
}
