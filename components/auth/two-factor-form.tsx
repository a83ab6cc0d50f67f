'use client';

import { useTranslations } from 'next-intl';
import { type SubmitEvent, useState } from 'react';
import { SignInHead } from '@/components/shell/sign-in-layout';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

export interface TwoFactorFormProps {
  email: string;
  /** The code before was refused. */
  isWrong: boolean;
  busy: boolean;
  onCode: (code: string) => Promise<void>;
  onBack: () => void;
}

/** The second step: the six digits of an authenticator app. */
export function TwoFactorForm({ email, isWrong, busy, onCode, onBack }: TwoFactorFormProps) {
  const t = useTranslations('auth.twoFactor');
  const [code, setCode] = useState('');
  const [isChecked, setChecked] = useState(false);
  // What was refused stays marked until another code is typed.
  const [refused, setRefused] = useState<string | null>(null);
  const digits = code.replace(/\D/g, '');

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setChecked(true);
    if (digits.length !== 6) {
      document.getElementById('code')?.focus();
      return;
    }
    setRefused(digits);
    void onCode(digits);
  }

  const isMissing = isChecked && digits.length !== 6;
  const error = isMissing
    ? t('needCode')
    : isWrong && !busy && refused === digits
      ? t('wrong')
      : undefined;
  return (
    <form onSubmit={submit} noValidate method="post">
      <SignInHead title={t('title')} note={t('note', { email })} />
      <div className="flex flex-col gap-4">
        <Field label={t('code')} hint={t('codeHint')} error={error}>
          <Input
            id="code"
            name="code"
            controlSize="lg"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={9}
            autoFocus
            value={code}
            onValueChange={setCode}
          />
        </Field>
        <Button type="submit" variant="primary" size="lg" wide busy={busy}>
          {t('submit')}
        </Button>
        <Button variant="quiet" size="lg" wide onClick={onBack}>
          {t('back')}
        </Button>
      </div>
    </form>
  );
}
