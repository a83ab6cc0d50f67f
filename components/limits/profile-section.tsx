'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Controller, type UseFormReturn, useForm } from 'react-hook-form';
import { EditForm } from '@/components/patterns/edit-form';
import { ErrorState } from '@/components/patterns/states';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { SheetSection } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { Switch } from '@/components/ui/switch';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import {
  fraudModeSchema,
  fraudProfileSchema,
  type WireFraudProfile,
} from '@/lib/services/fraud/schemas';
import { ClassChoice } from './class-choice';
import {
  type ProfileForm,
  profileFormOf,
  profileFormSchema,
  profileOf,
} from './profile-form-values';

/** What an account lets nobody below it do. */
export function ProfileSection({ accountId }: { accountId: string }) {
  const path = `/accounts/${accountId}/fraud-profile`;
  const item = useItem({ path, response: fraudProfileSchema });
  const profile = item.data?.accountId === accountId ? item.data : undefined;
  if (item.error && !profile) {
    return <ErrorState title={item.error.message} onRetry={() => void item.refetch()} />;
  }
  if (!profile) {
    return (
      <div aria-busy className="flex animate-appear flex-col gap-3 p-5">
        <Skeleton className="w-1/3" />
        <Skeleton className="h-40 w-full" />
      </div>
    );
  }
  return (
    <SheetSection>
      <ProfileEditor key={profile.generation} profile={profile} path={path} />
    </SheetSection>
  );
}

function ProfileEditor({ profile, path }: { profile: WireFraudProfile; path: string }) {
  const t = useTranslations('limits.profile');
  const toast = useToast();
  const queryClient = useQueryClient();
  const form = useForm<ProfileForm>({
    resolver: zodResolver(profileFormSchema),
    defaultValues: profileFormOf(profile),
  });
  const save = useMutation({
    mutationFn: (values: ProfileForm) =>
      callApi({ method: 'PUT', path, body: profileOf(values), response: fraudProfileSchema }),
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['item', path] }),
        queryClient.invalidateQueries({ queryKey: ['list', '/limits'] }),
      ]);
      toast.done(t('saved'));
    },
  });
  const { mayChange, currency } = profile;
  return (
    <EditForm
      form={form}
      save={save}
      mayWrite={mayChange}
      words={{ save: t('save'), reset: t('reset') }}
    >
      <p className="text-ink-3 text-small">{t(mayChange ? 'intro' : 'fixed')}</p>
      <DestinationFields form={form} disabled={!mayChange} />
      <PriceFields form={form} disabled={!mayChange} currency={currency} />
      <VelocityFields form={form} disabled={!mayChange} currency={currency} />
    </EditForm>
  );
}

interface FieldsProps {
  form: UseFormReturn<ProfileForm>;
  disabled: boolean;
  currency?: string;
}

/** What is wrong with a field, in words. */
function useErrorOf({ formState: { errors } }: UseFormReturn<ProfileForm>) {
  const t = useTranslations('limits');
  return (name: keyof ProfileForm): string | undefined => {
    const message = errors[name]?.message;
    if (message === 'countries') return t('profile.countriesError');
    if (message === 'number' || message === 'amount' || message === 'price') {
      return t(`form.${message}`);
    }
    return message;
  };
}

function DestinationFields({ form, disabled }: FieldsProps) {
  const t = useTranslations('limits');
  const errorOf = useErrorOf(form);
  return (
    <>
      <Field label={t('profile.mode')} disabled={disabled}>
        <Controller
          control={form.control}
          name="mode"
          render={({ field }) => (
            <Select
              disabled={disabled}
              items={fraudModeSchema.options.map((value) => ({
                value,
                label: t(`modes.${value}`),
                hint: t(`modeHints.${value}`),
              }))}
              value={field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
      <Field
        label={t('profile.countries')}
        hint={t('profile.countriesHint')}
        error={errorOf('countries')}
        disabled={disabled}
      >
        <Input autoComplete="off" spellCheck={false} mono {...form.register('countries')} />
      </Field>
      <Controller
        control={form.control}
        name="blockedClasses"
        render={({ field }) => (
          <ClassChoice
            label={t('profile.blockedClasses')}
            value={field.value}
            onChange={field.onChange}
            disabled={disabled}
          />
        )}
      />
    </>
  );
}

function PriceFields({ form, disabled, currency }: FieldsProps) {
  const t = useTranslations('limits');
  const errorOf = useErrorOf(form);
  return (
    <div className="grid grid-cols-2 gap-3">
      {(['maxPerMinute', 'maxConnectFee', 'maxDailySpend', 'longCallSeconds'] as const).map(
        (name) => (
          <Field key={name} label={t(`profile.${name}`)} error={errorOf(name)} disabled={disabled}>
            <Input
              inputMode="decimal"
              autoComplete="off"
              placeholder={t('unlimited')}
              end={name === 'longCallSeconds' ? t('form.seconds') : currency}
              {...form.register(name)}
            />
          </Field>
        ),
      )}
    </div>
  );
}

function VelocityFields({ form, disabled, currency }: FieldsProps) {
  const t = useTranslations('limits');
  const errorOf = useErrorOf(form);
  const ends = { maxCalls: undefined, maxSpend: currency, windowSeconds: t('form.seconds') };
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="font-medium text-small">{t('profile.velocity')}</legend>
      <p className="text-ink-3 text-small">{t('profile.velocityHint')}</p>
      <div className="grid grid-cols-2 gap-3">
        {(['maxCalls', 'maxSpend', 'windowSeconds', 'digits'] as const).map((name) => (
          <Field key={name} label={t(`profile.${name}`)} error={errorOf(name)} disabled={disabled}>
            <Input
              inputMode="decimal"
              autoComplete="off"
              placeholder={name.startsWith('max') ? t('unlimited') : undefined}
              end={name === 'digits' ? undefined : ends[name]}
              {...form.register(name)}
            />
          </Field>
        ))}
      </div>
      <Controller
        control={form.control}
        name="blocksByItself"
        render={({ field }) => (
          <Switch
            label={t('profile.blocksByItself')}
            hint={t('profile.blocksHint')}
            checked={field.value}
            disabled={disabled}
            onCheckedChange={field.onChange}
          />
        )}
      />
    </fieldset>
  );
}
