'use client';

import { useTranslations } from 'next-intl';
import type { UseFormReturn } from 'react-hook-form';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { TrunkForm } from './trunk-form-values';

/** The fields of a trunk that are typed. */
export type TrunkText = Exclude<
  keyof TrunkForm,
  | 'kind'
  | 'carrierId'
  | 'transport'
  | 'numberFormat'
  | 'numberFormatIn'
  | 'emergency'
  | 'trustedIdentity'
  | 'identityHeader'
  | 'recording'
  | 'port'
>;

const MONO: ReadonlySet<TrunkText> = new Set(['address', 'host', 'proxy', 'realm', 'tlsName']);
const NUMERIC: ReadonlySet<TrunkText> = new Set([
  'optionsSeconds',
  'stripDigits',
  'maxChannels',
  'maxChannelsIn',
  'maxChannelsOut',
  'maxCallsPerSecond',
  'minAnswerPercent',
  'minTalkSeconds',
]);

/** One typed field of a trunk, with what is to be known about it. */
export function TrunkTextField({
  form,
  name,
  hint,
  disabled,
}: {
  form: UseFormReturn<TrunkForm>;
  name: TrunkText;
  /** In place of the usual one. */
  hint?: string | undefined;
  disabled?: boolean | undefined;
}) {
  const t = useTranslations('carriers.trunkForm');
  return (
    <Field
      label={t(name)}
      hint={hint ?? t(`${name}Hint`)}
      error={form.formState.errors[name]?.message}
      disabled={disabled}
    >
      <Input
        type={name === 'secret' ? 'password' : 'text'}
        mono={MONO.has(name)}
        {...(NUMERIC.has(name) ? { inputMode: 'numeric' as const } : {})}
        {...(name === 'optionsSeconds' || name === 'minTalkSeconds'
          ? { end: t('secondsUnit') }
          : {})}
        {...(name === 'minAnswerPercent' ? { end: '%' } : {})}
        autoComplete={name === 'secret' ? 'new-password' : 'off'}
        spellCheck={false}
        {...form.register(name)}
      />
    </Field>
  );
}
