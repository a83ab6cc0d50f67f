'use client';

import { useTranslations } from 'next-intl';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { z } from 'zod';
import { RecordingRule } from '@/components/recordings/recording-rule';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { WireTrunk } from '@/lib/services/trunks/schemas';
import { nameSchema, recordingRuleSchema } from '@/lib/services/wire/schemas';

const isCount = (text: string): boolean => /^\d{1,5}$/.test(text);

/** What a customer types about its PBX; texts, as inputs have them. */
export const pbxFormSchema = z.object({
  tenantId: z.string(),
  name: nameSchema,
  maxChannels: z.string().refine(isCount, 'must be a number'),
  maxCallsPerSecond: z
    .string()
    .refine((text) => text === '' || isCount(text), 'must be a number, or empty'),
  recording: recordingRuleSchema,
});
export type PbxForm = z.infer<typeof pbxFormSchema>;

/** What the form shows at first. */
export function pbxFormOf(trunk: WireTrunk | null, tenantId: string): PbxForm {
  return {
    tenantId: trunk?.tenant?.id ?? tenantId,
    name: trunk?.name ?? '',
    maxChannels: `${trunk?.maxChannels ?? 30}`,
    maxCallsPerSecond: trunk?.maxCallsPerSecond == null ? '' : `${trunk.maxCallsPerSecond}`,
    recording: trunk?.recording ?? 'on_demand',
  };
}

/** The same as the API takes it. */
export function pbxSettingsOf(form: PbxForm) {
  return {
    name: form.name,
    maxChannels: Number(form.maxChannels),
    maxCallsPerSecond: form.maxCallsPerSecond === '' ? null : Number(form.maxCallsPerSecond),
    recording: form.recording,
  };
}

/** The fields of a PBX, for a new one and for a change. */
export function PbxFields({
  form,
  disabled,
}: {
  form: UseFormReturn<PbxForm>;
  disabled?: boolean | undefined;
}) {
  const t = useTranslations('trunks.form');
  const { errors } = form.formState;
  return (
    <>
      <Field
        label={t('name')}
        hint={t('nameHint')}
        error={errors.name?.message}
        disabled={disabled}
      >
        <Input autoComplete="off" {...form.register('name')} />
      </Field>
      <div className="grid grid-cols-2 items-start gap-3 max-md:grid-cols-1">
        <Field
          label={t('channels')}
          hint={t('channelsHint')}
          error={errors.maxChannels?.message}
          disabled={disabled}
        >
          <Input inputMode="numeric" autoComplete="off" {...form.register('maxChannels')} />
        </Field>
        <Field
          label={t('perSecond')}
          hint={t('perSecondHint')}
          error={errors.maxCallsPerSecond?.message}
          disabled={disabled}
        >
          <Input inputMode="numeric" autoComplete="off" {...form.register('maxCallsPerSecond')} />
        </Field>
      </div>
      <Controller
        control={form.control}
        name="recording"
        render={({ field }) => (
          <RecordingRule value={field.value} onValueChange={field.onChange} disabled={disabled} />
        )}
      />
    </>
  );
}
