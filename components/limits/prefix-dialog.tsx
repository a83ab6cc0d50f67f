'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { AddForm } from '@/components/patterns/edit-form';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { DESTINATION_CLASSES } from '@/lib/core/destinations/classes';
import {
  createDestinationPrefixSchema,
  destinationPrefixSchema,
} from '@/lib/services/destinations/schemas';

const formSchema = createDestinationPrefixSchema.extend({ note: z.string().trim().max(200) });
type Form = z.infer<typeof formSchema>;

/** Says what kind of number a prefix is. */
export function PrefixDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('limits.prefixes');
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t('add')}
      description={t('addText')}
    >
      <PrefixForm key={String(open)} onClose={onClose} />
    </Dialog>
  );
}

function PrefixForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations('limits');
  const toast = useToast();
  const queryClient = useQueryClient();
  const form = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: { prefix: '', class: 'high_risk', note: '' },
  });
  const save = useMutation({
    mutationFn: (body: Form) =>
      callApi({
        method: 'POST',
        path: '/destination-prefixes',
        body,
        response: destinationPrefixSchema,
      }),
    onSuccess: async ({ prefix }) => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/destination-prefixes'] });
      toast.done(t('prefixes.added', { prefix }));
      onClose();
    },
  });
  const { errors } = form.formState;
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onClose}
      words={{ cancel: t('prefixes.cancel'), confirm: t('prefixes.confirm') }}
    >
      <Field
        label={t('prefixes.prefix')}
        hint={t('prefixes.prefixHint')}
        error={errors.prefix?.message}
      >
        <Input mono inputMode="numeric" autoComplete="off" {...form.register('prefix')} />
      </Field>
      <Field label={t('prefixes.class')}>
        <Controller
          control={form.control}
          name="class"
          render={({ field }) => (
            <Select
              items={DESTINATION_CLASSES.map((value) => ({ value, label: t(`classes.${value}`) }))}
              value={field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
      <Field label={t('prefixes.note')} error={errors.note?.message}>
        <Input autoComplete="off" {...form.register('note')} />
      </Field>
    </AddForm>
  );
}
