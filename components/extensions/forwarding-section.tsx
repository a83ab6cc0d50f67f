'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type UseFormReturn, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { SheetSection } from '@/components/ui/sheet';
import { useToast } from '@/components/ui/toast';
import { ApiProblem } from '@/lib/client/api-problem';
import { forwardSecondsSchema, type WireExtension } from '@/lib/services/extensions/schemas';
import { useChangeExtension } from './use-change-extension';

/** In the order in which a call meets them. */
const CASES = ['always', 'busy', 'noAnswer', 'unreachable'] as const;
type Case = (typeof CASES)[number];

const targetSchema = z.string().trim().max(40);
const formSchema = z.object({
  always: targetSchema,
  busy: targetSchema,
  noAnswer: targetSchema,
  unreachable: targetSchema,
  noAnswerSeconds: forwardSecondsSchema,
});
type Form = z.infer<typeof formSchema>;

function formOf({ forwarding }: WireExtension): Form {
  return {
    always: forwarding.always ?? '',
    busy: forwarding.busy ?? '',
    noAnswer: forwarding.noAnswer ?? '',
    unreachable: forwarding.unreachable ?? '',
    noAnswerSeconds: forwarding.noAnswerSeconds,
  };
}

/** Where an extension's calls go on to; what the API refuses stands at the field it is about. */
export function ForwardingSection({ extension }: { extension: WireExtension }) {
  const t = useTranslations('extensions.forwarding');
  const mayWrite = useMay('extensions.write');
  const form = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: formOf(extension),
  });
  const save = useSave(extension, form);
  const { formState, handleSubmit, register, watch } = form;
  const { errors } = formState;
  const sendsAll = watch('always').trim() !== '';
  const fieldFor = (each: Case) => (
    <Field
      key={each}
      label={t(`cases.${each}`)}
      hint={t(`hints.${each}`)}
      error={errors[each]?.message}
      disabled={!mayWrite}
    >
      <Input
        type="tel"
        autoComplete="off"
        spellCheck={false}
        mono
        placeholder={t('off')}
        {...register(each)}
      />
    </Field>
  );
  return (
    <SheetSection title={t('title')}>
      <p className="mb-4 text-ink-2 text-small">{t('text')}</p>
      <form
        noValidate
        onSubmit={(event) => void handleSubmit((values) => save.mutate(values))(event)}
        className="flex flex-col gap-4"
      >
        {fieldFor('always')}
        {sendsAll && <p className="-mt-2 text-amber-text text-small">{t('sendsAll')}</p>}
        {fieldFor('busy')}
        <div className="grid grid-cols-[1fr_7rem] items-start gap-3">
          {fieldFor('noAnswer')}
          <Field
            label={t('seconds')}
            error={errors.noAnswerSeconds && t('secondsRange')}
            disabled={!mayWrite}
          >
            <Input
              type="number"
              inputMode="numeric"
              min={5}
              max={120}
              end={t('secondsUnit')}
              {...register('noAnswerSeconds', { valueAsNumber: true })}
            />
          </Field>
        </div>
        {fieldFor('unreachable')}
        {save.error && !isAboutField(save.error) && (
          <p role="alert" className="text-red-text text-small">
            {save.error.message}
          </p>
        )}
        {mayWrite && (
          <div>
            <Button type="submit" disabled={!formState.isDirty} busy={save.isPending}>
              {t('save')}
            </Button>
          </div>
        )}
      </form>
    </SheetSection>
  );
}

function useSave(extension: WireExtension, form: UseFormReturn<Form>) {
  const t = useTranslations('extensions.forwarding');
  const toast = useToast();
  const change = useChangeExtension();
  return useMutation({
    mutationFn: ({ noAnswerSeconds, ...targets }: Form) => {
      const orNull = (target: string) => (target === '' ? null : target);
      return change(extension.id, {
        forwarding: {
          always: orNull(targets.always),
          busy: orNull(targets.busy),
          noAnswer: orNull(targets.noAnswer),
          unreachable: orNull(targets.unreachable),
          noAnswerSeconds,
        },
      });
    },
    onSuccess: (changed) => {
      form.reset(formOf(changed));
      toast.done(t('saved'));
    },
    onError: (error) => {
      for (const { field, message } of fieldIssues(error)) {
        form.setError(field, { message: t('refused', { reason: message }) }, { shouldFocus: true });
      }
    },
  });
}

const issuesSchema = z.object({
  issues: z.array(z.object({ path: z.string(), message: z.string() })),
});

/** What a refusal says about single fields. */
function fieldIssues(error: Error): { field: Case; message: string }[] {
  const parsed = error instanceof ApiProblem ? issuesSchema.safeParse(error.body) : undefined;
  return (parsed?.data?.issues ?? []).flatMap(({ path, message }) => {
    const field = CASES.find((each) => path === `forwarding.${each}`);
    return field ? [{ field, message }] : [];
  });
}

function isAboutField(error: Error): boolean {
  return fieldIssues(error).length > 0;
}
