'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { EditForm } from '@/components/patterns/edit-form';
import { FactList } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { SheetSection } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import {
  type LimitSubjectName,
  limitsSchema,
  type WireLimits,
} from '@/lib/services/limits/schemas';
import { ClassChoice } from './class-choice';
import { SpendCell, UsedCell } from './limit-cells';
import {
  AMOUNTS,
  COUNTS,
  type LimitForm,
  limitChangeOf,
  limitFormOf,
  limitFormSchema,
} from './limit-form-values';
import { REFRESH_MS } from './queries';

/** The collections of the API, by kind. */
const PATHS = {
  account: '/accounts',
  tenant: '/tenants',
  extension: '/extensions',
  trunk: '/trunks',
  number: '/numbers',
} as const satisfies Record<LimitSubjectName, string>;

/** What may be changed of a subject's limits, and what is used of them now. */
export function LimitsSection({
  subject,
  id,
  title,
}: {
  subject: LimitSubjectName;
  id: string;
  /** Where it is one part of several. */
  title?: string;
}) {
  const t = useTranslations('limits');
  const path = `${PATHS[subject]}/${id}/limits`;
  const item = useItem({ path, response: limitsSchema, refreshEveryMs: REFRESH_MS });
  const limits = item.data?.subjectId === id ? item.data : undefined;
  if (item.error && !limits) {
    return <ErrorState title={item.error.message} onRetry={() => void item.refetch()} />;
  }
  if (!limits) {
    return (
      <div aria-busy className="flex animate-appear flex-col gap-3 p-5">
        <Skeleton className="w-1/3" />
        <Skeleton className="h-40 w-full" />
      </div>
    );
  }
  const { used } = limits;
  return (
    <>
      {used && (
        <SheetSection title={t('form.now')}>
          <FactList
            facts={[
              {
                label: t('columns.calls'),
                value: (
                  <UsedCell
                    label={t('columns.calls')}
                    used={used.concurrentCalls}
                    max={limits.limits.maxConcurrentCalls}
                  />
                ),
              },
              {
                label: t('columns.out'),
                value: (
                  <UsedCell
                    label={t('columns.out')}
                    used={used.concurrentOut}
                    max={limits.limits.maxConcurrentOut}
                  />
                ),
              },
              { label: t('columns.spend'), value: <SpendCell row={limits} /> },
            ]}
          />
        </SheetSection>
      )}
      <SheetSection title={title}>
        <LimitsForm key={limits.generation} limits={limits} path={path} />
      </SheetSection>
    </>
  );
}

function LimitsForm({ limits, path }: { limits: WireLimits; path: string }) {
  const t = useTranslations('limits');
  const toast = useToast();
  const queryClient = useQueryClient();
  const form = useForm<LimitForm>({
    resolver: zodResolver(limitFormSchema),
    defaultValues: limitFormOf(limits),
  });
  const { dirtyFields, errors } = form.formState;
  const save = useMutation({
    mutationFn: (values: LimitForm) =>
      callApi({
        method: 'PATCH',
        path,
        body: limitChangeOf(values, dirtyFields),
        response: limitsSchema,
      }),
    onSuccess: async ({ name }) => {
      await Promise.all(
        [
          ['item', path],
          ['list', '/limits'],
          ['list', '/accounts'],
          ['list', '/trunks'],
        ].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      );
      toast.done(t('form.saved', { name }));
    },
  });
  const { mayChange, currency } = limits;
  const errorOf = (name: keyof LimitForm) => {
    const message = errors[name]?.message;
    return message === 'number' || message === 'amount' || message === 'price'
      ? t(`form.${message}`)
      : message;
  };
  return (
    <EditForm
      form={form}
      save={save}
      mayWrite={mayChange}
      words={{ save: t('form.save'), reset: t('form.reset') }}
    >
      <p className="text-ink-3 text-small">{t(mayChange ? 'form.intro' : 'form.fixed')}</p>
      <div className="grid grid-cols-2 gap-3">
        {COUNTS.map((name) => (
          <Field key={name} label={t(`form.${name}`)} error={errorOf(name)} disabled={!mayChange}>
            <Input
              inputMode="numeric"
              autoComplete="off"
              placeholder={t('unlimited')}
              end={name === 'maxCallSeconds' ? t('form.seconds') : undefined}
              {...form.register(name)}
            />
          </Field>
        ))}
      </div>
      {AMOUNTS.map((name) => (
        <Field
          key={name}
          label={t(`form.${name}`)}
          hint={name === 'maxDailySpend' ? t('form.maxDailySpendHint') : undefined}
          error={errorOf(name)}
          disabled={!mayChange}
        >
          <Input
            inputMode="decimal"
            autoComplete="off"
            placeholder={t('unlimited')}
            end={currency}
            {...form.register(name)}
          />
        </Field>
      ))}
      <Controller
        control={form.control}
        name="blockedClasses"
        render={({ field }) => (
          <ClassChoice
            label={t('form.blockedClasses')}
            value={field.value}
            onChange={field.onChange}
            disabled={!mayChange}
          />
        )}
      />
    </EditForm>
  );
}
