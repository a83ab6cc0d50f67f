'use client';

import { CircleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { SignInHead } from '@/components/shell/sign-in-layout';
import { Button } from '@/components/ui/button';
import { CheckboxField } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { PasswordInput } from '@/components/ui/password-input';
import { type Credentials, type SignInRefusal, signInWithPassword } from '@/lib/client/sign-in';
import { TwoFactorForm } from './two-factor-form';

export interface SignInFormProps {
  /** Where to go then: a path of this portal. */
  next: string;
  /** Said above the form, such as that one has signed out. */
  notice?: ReactNode;
}

type Step = 'password' | 'code';

/** Email and password, then a code where the person has a second factor. */
export function SignInForm({ next, notice }: SignInFormProps) {
  const [step, setStep] = useState<Step>('password');
  const [given, setGiven] = useState<Credentials>({ email: '', password: '', remember: false });
  const [refusal, setRefusal] = useState<SignInRefusal | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function attempt(credentials: Credentials) {
    setBusy(true);
    setRefusal(null);
    setGiven(credentials);
    const refused = await signInWithPassword(credentials);
    if (refused === null) {
      // A whole new page: nothing that was fetched before belongs to this person.
      window.location.assign(next);
      return;
    }
    setBusy(false);
    const isCode = refused === 'code_needed' || refused === 'code_wrong';
    setStep(isCode ? 'code' : 'password');
    setRefusal(refused === 'code_needed' ? null : refused);
  }

  if (step === 'code') {
    return (
      <TwoFactorForm
        email={given.email}
        isWrong={refusal === 'code_wrong'}
        busy={isBusy}
        onCode={(code) => attempt({ ...given, code })}
        onBack={() => {
          setStep('password');
          setRefusal(null);
          setGiven({ ...given, password: '' });
        }}
      />
    );
  }
  return (
    <PasswordStep
      given={given}
      refusal={refusal}
      notice={notice}
      busy={isBusy}
      onSubmit={attempt}
    />
  );
}

interface PasswordStepProps {
  given: Credentials;
  refusal: SignInRefusal | null;
  notice: ReactNode;
  busy: boolean;
  onSubmit: (credentials: Credentials) => Promise<void>;
}

function PasswordStep({ given, refusal, notice, busy, onSubmit }: PasswordStepProps) {
  const t = useTranslations('auth.signIn');
  const [email, setEmail] = useState(given.email);
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState(given.remember);
  const [isChecked, setChecked] = useState(false);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setChecked(true);
    if (email.trim() === '' || password === '') {
      document.getElementById(email.trim() === '' ? 'email' : 'password')?.focus();
      return;
    }
    void onSubmit({ email: email.trim(), password, remember });
  }

  return (
    <form onSubmit={submit} noValidate method="post">
      <SignInHead title={t('title')} note={t('note')} />
      {refusal ? <RefusalNotice refusal={refusal} /> : notice}
      <div className="flex flex-col gap-4">
        <Field
          label={t('email')}
          error={isChecked && email.trim() === '' ? t('needEmail') : undefined}
        >
          <Input
            id="email"
            name="email"
            type="email"
            controlSize="lg"
            autoComplete="username"
            autoFocus
            value={email}
            onValueChange={setEmail}
          />
        </Field>
        <Field
          label={t('password')}
          error={isChecked && password === '' ? t('needPassword') : undefined}
        >
          <PasswordInput
            id="password"
            name="password"
            controlSize="lg"
            value={password}
            onValueChange={setPassword}
          />
        </Field>
        <CheckboxField
          name="remember"
          label={t('remember')}
          checked={remember}
          onCheckedChange={setRemember}
        />
        <Button type="submit" variant="primary" size="lg" wide busy={busy}>
          {t('submit')}
        </Button>
      </div>
    </form>
  );
}

function RefusalNotice({ refusal }: { refusal: SignInRefusal }) {
  const t = useTranslations('auth.signIn.errors');
  const word = refusal === 'code_needed' || refusal === 'code_wrong' ? 'wrong' : refusal;
  return (
    <Notice tone="red" urgent icon={<CircleAlert aria-hidden />} className="mb-4">
      {t(word)}
    </Notice>
  );
}
