'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { Panel } from '@/components/patterns/panel';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { useList } from '@/lib/client/use-list';
import { extensionSchema } from '@/lib/services/extensions/schemas';
import type { Question } from './queries';

/** Who may call is chosen among this many. */
const MAX_CALLERS = 200;
const MAX_SECONDS = 86_400;

const formSchema = z.object({
  extensionId: z.string().min(1),
  dialled: z.string().trim().min(1).max(64),
  seconds: z.number().int().min(1).max(MAX_SECONDS),
  /** As the control writes it, in the browser's time: "2026-11-28T09:30"; '' = now. */
  at: z.string(),
});
type Form = z.infer<typeof formSchema>;

export interface QuestionFormProps {
  initial: { from: string | null; to: string | null; seconds: number; at: string | null };
  onAsk: (question: Question) => void;
}

/** Who calls whom, when, for how long. */
export function QuestionForm({ initial, onAsk }: QuestionFormProps) {
  const t = useTranslations('simulator.question');
  const { register, control, handleSubmit, formState } = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: {
      extensionId: initial.from ?? '',
      dialled: initial.to ?? '',
      seconds: initial.seconds,
      at: initial.at === null ? '' : localText(initial.at),
    },
  });
  const callers = useList({
    path: '/extensions',
    query: { limit: MAX_CALLERS },
    item: extensionSchema,
  });
  const { errors } = formState;
  const ask = handleSubmit(({ at, ...rest }) =>
    onAsk({ ...rest, at: at === '' ? null : new Date(at).toISOString() }),
  );
  return (
    <Panel padded>
      <form
        noValidate
        onSubmit={(event) => void ask(event)}
        className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-[minmax(0,1.4fr)_minmax(0,1.2fr)_minmax(0,1fr)_7rem_auto]"
      >
        <Field label={t('from')} error={errors.extensionId && t('fromMissing')}>
          <Controller
            control={control}
            name="extensionId"
            render={({ field }) => (
              <Combobox
                items={(callers.rows ?? []).map(({ id, number, name, domain }) => ({
                  value: id,
                  label: `${number} · ${domain}`,
                  hint: name,
                }))}
                value={field.value === '' ? null : field.value}
                onValueChange={(value) => field.onChange(value ?? '')}
                placeholder={t('fromPlaceholder')}
                emptyText={t('fromNone')}
              />
            )}
          />
        </Field>
        <Field label={t('to')} error={errors.dialled && t('toMissing')}>
          <Input
            type="tel"
            autoComplete="off"
            placeholder="+44 20 7946 0018"
            {...register('dialled')}
          />
        </Field>
        <Field label={t('at')} hint={t('atHint')}>
          <Input type="datetime-local" {...register('at')} />
        </Field>
        <Field label={t('seconds')} error={errors.seconds && t('secondsRange')}>
          <Input
            type="number"
            min={1}
            max={MAX_SECONDS}
            {...register('seconds', { valueAsNumber: true })}
          />
        </Field>
        <div className="self-start xl:pt-5.5">
          <Button type="submit" variant="primary">
            {t('ask')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

/** A time as a datetime-local control shows it, in the browser's time zone. */
function localText(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
