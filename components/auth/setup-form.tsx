'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { CircleAlert } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useMemo, useState } from 'react';
import { Controller, type FieldErrors, useForm } from 'react-hook-form';
import { SignInHead } from '@/components/shell/sign-in-layout';
import { Button } from '@/components/ui/button';
import { Combobox, type ComboboxItem } from '@/components/ui/combobox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { PasswordInput } from '@/components/ui/password-input';
import { callApi } from '@/lib/client/api';
import { ApiProblem } from '@/lib/client/api-problem';
import { signInWithPassword } from '@/lib/client/sign-in';
import {
  PASSWORD_MIN,
  type SetupInput,
  setupResultSchema,
  setupSchema,
} from '@/lib/services/identity/schemas';
import { guessFromBrowser, setupChoices } from './setup-choices';

/** The first operator's form: who they are, and what the root of the account tree is like. */
export function SetupForm({ token }: { token: string }) {
  const t = useTranslations('auth.setup');
  const choices = useChoices();
  const [failure, setFailure] = useState<string | null>(null);
  const { register, control, handleSubmit, formState, setValue } = useForm<SetupInput>({
    resolver: zodResolver(setupSchema),
    defaultValues: { token, currency: 'USD', timeZone: 'UTC', country: 'US' },
  });
  const say = useFieldErrors(formState.errors);

  useEffect(() => {
    const guess = guessFromBrowser();
    setValue('country', guess.country);
    setValue('timeZone', guess.timeZone);
  }, [setValue]);

  async function submit(input: SetupInput) {
    setFailure(null);
    try {
      await callApi({ method: 'POST', path: '/setup', body: input, response: setupResultSchema });
    } catch (error) {
      setFailure(error instanceof ApiProblem ? error.message : t('failed'));
      return;
    }
    const { email, password } = input;
    const refusal = await signInWithPassword({ email, password, remember: false });
    window.location.assign(refusal === null ? '/' : '/sign-in');
  }

  const choice = (name: 'country' | 'currency' | 'timeZone', items: readonly ComboboxItem[]) => (
    <Field label={t(name)} hint={t(`${name}Hint`)} error={say(name)}>
      <Controller
        control={control}
        name={name}
        render={({ field }) => (
          <Combobox
            items={items}
            value={field.value}
            onValueChange={(value) => field.onChange(value ?? '')}
            placeholder={t('choose')}
            emptyText={t('nothing')}
          />
        )}
      />
    </Field>
  );

  return (
    <form onSubmit={handleSubmit(submit)} noValidate method="post">
      <SignInHead title={t('title')} note={t('note')} />
      {failure && (
        <Notice tone="red" urgent icon={<CircleAlert aria-hidden />} className="mb-4">
          {failure}
        </Notice>
      )}
      <fieldset className="flex flex-col gap-4">
        <legend className="mb-3 text-section">{t('you')}</legend>
        <Field label={t('name')} error={say('name')}>
          <Input autoComplete="name" autoFocus {...register('name')} />
        </Field>
        <Field label={t('email')} error={say('email')}>
          <Input type="email" autoComplete="username" {...register('email')} />
        </Field>
        <Field
          label={t('password')}
          hint={t('passwordHint', { count: PASSWORD_MIN })}
          error={say('password')}
        >
          <PasswordInput autoComplete="new-password" {...register('password')} />
        </Field>
      </fieldset>
      <fieldset className="mt-6 flex flex-col gap-4">
        <legend className="mb-3 text-section">{t('business')}</legend>
        <Field label={t('company')} hint={t('companyHint')} error={say('company')}>
          <Input autoComplete="organization" {...register('company')} />
        </Field>
        {choice('country', choices.countries)}
        {choice('currency', choices.currencies)}
        {choice('timeZone', choices.timeZones)}
      </fieldset>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        wide
        className="mt-6"
        busy={formState.isSubmitting}
      >
        {t('submit')}
      </Button>
    </form>
  );
}

function useChoices() {
  const locale = useLocale();
  return useMemo(() => setupChoices(locale), [locale]);
}

/** What is wrong with a field, in the reader's words; undefined where nothing is. */
function useFieldErrors(errors: FieldErrors<SetupInput>) {
  const t = useTranslations('auth.setup.errors');
  return (name: keyof SetupInput): string | undefined => {
    if (!errors[name]) return undefined;
    if (name === 'email') return t('email');
    if (name === 'password') return t('password', { count: PASSWORD_MIN });
    return t('required');
  };
}
