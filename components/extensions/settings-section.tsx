'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { CopyButton } from '@/components/patterns/copy-button';
import { DateTime } from '@/components/patterns/date-time';
import { FactList } from '@/components/patterns/panel';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { useMay } from '@/components/portal/me-context';
import { RecordingRule, type Rule } from '@/components/recordings/recording-rule';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { GenerationTag } from '@/components/ui/generation-tag';
import { Input } from '@/components/ui/input';
import { SheetSection } from '@/components/ui/sheet';
import { useToast } from '@/components/ui/toast';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import { nameSchema } from '@/lib/services/wire/schemas';
import { useChangeExtension } from './use-change-extension';
import { VoiceSection } from './voice-section';

/** The name, and what else is known of an extension. */
export function SettingsSection({ extension }: { extension: WireExtension }) {
  const t = useTranslations('extensions.settings');
  const address = `sip:${extension.number}@${extension.domain}`;
  return (
    <>
      <SheetSection>
        <NameForm key={extension.id} extension={extension} />
      </SheetSection>
      <VoiceSection extension={extension} />
      <SheetSection>
        <RuleOfExtension extension={extension} />
      </SheetSection>
      <SheetSection title={t('facts')}>
        <FactList
          facts={[
            {
              label: t('address'),
              value: (
                <span className="flex items-center gap-1">
                  <span className="truncate text-mono">{address}</span>
                  <CopyButton value={address} />
                </span>
              ),
            },
            { label: t('callerId'), value: <CallerId extension={extension} /> },
            { label: t('numbers'), value: <Numbers extension={extension} /> },
            { label: t('created'), value: <DateTime value={extension.createdAt} look="moment" /> },
            {
              label: t('onSwitch'),
              value: (
                <GenerationTag
                  wanted={extension.generation}
                  observed={extension.status.observedGeneration}
                />
              ),
            },
          ]}
        />
      </SheetSection>
    </>
  );
}

/** Whether its calls are recorded; takes effect at once. */
function RuleOfExtension({ extension }: { extension: WireExtension }) {
  const t = useTranslations('extensions.settings');
  const toast = useToast();
  const mayWrite = useMay('extensions.write');
  const change = useChangeExtension();
  const save = useMutation({
    mutationFn: (recording: Rule) => change(extension.id, { recording }),
    onSuccess: () => toast.done(t('saved')),
    onError: (error) => toast.failed(t('notSaved'), error.message),
  });
  const shown = save.isPending ? save.variables : extension.recording;
  return <RecordingRule value={shown} onValueChange={save.mutate} disabled={!mayWrite} />;
}

function CallerId({ extension }: { extension: WireExtension }) {
  const t = useTranslations('extensions');
  const { callerNumber } = extension;
  return callerNumber ? <PhoneNumber value={callerNumber.e164} /> : t('mainLine');
}

function Numbers({ extension }: { extension: WireExtension }) {
  const t = useTranslations('extensions.settings');
  if (extension.numbers.length === 0) return <span className="text-ink-3">{t('noNumbers')}</span>;
  return (
    <ul>
      {extension.numbers.map((number) => (
        <li key={number.id}>
          <PhoneNumber value={number.e164} />
        </li>
      ))}
    </ul>
  );
}

const formSchema = z.object({ name: nameSchema });

function NameForm({ extension }: { extension: WireExtension }) {
  const t = useTranslations('extensions.settings');
  const toast = useToast();
  const mayWrite = useMay('extensions.write');
  const change = useChangeExtension();
  const { register, handleSubmit, formState, reset } = useForm({
    resolver: zodResolver(formSchema),
    defaultValues: { name: extension.name },
  });
  const save = useMutation({
    mutationFn: ({ name }: { name: string }) => change(extension.id, { name }),
    onSuccess: ({ name }) => {
      reset({ name });
      toast.done(t('saved'));
    },
  });
  const error = formState.errors.name?.message ?? save.error?.message;
  return (
    <form
      noValidate
      onSubmit={(event) => void handleSubmit((form) => save.mutate(form))(event)}
      className="flex flex-col gap-3"
    >
      <Field label={t('name')} hint={t('nameHint')} error={error} disabled={!mayWrite}>
        <Input autoComplete="off" {...register('name')} />
      </Field>
      {mayWrite && (
        <div>
          <Button type="submit" disabled={!formState.isDirty} busy={save.isPending}>
            {t('save')}
          </Button>
        </div>
      )}
    </form>
  );
}
