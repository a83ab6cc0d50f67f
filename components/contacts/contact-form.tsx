'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type UseFormReturn, useFieldArray, useForm } from 'react-hook-form';
import { z } from 'zod';
import { AddForm } from '@/components/patterns/edit-form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { callApi } from '@/lib/client/api';
import { contactSchema, type WireContact } from '@/lib/services/contacts/schemas';
import { e164InputSchema } from '@/lib/services/numbers/schemas';
import { nameSchema } from '@/lib/services/wire/schemas';

/** What people put between digits. */
const BETWEEN = /[\s().-]/g;

const formSchema = z.object({
  name: nameSchema,
  company: z.string().trim().max(100),
  numbers: z.array(
    z.object({
      number: z
        .string()
        .transform((text) => text.replace(BETWEEN, ''))
        .pipe(e164InputSchema),
      label: z.string().trim().max(30),
    }),
  ),
});
type Form = z.infer<typeof formSchema>;

export interface ContactDialogProps {
  /** null: a new one. */
  contact: WireContact | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Adds a contact, or changes one. */
export function ContactDialog({ contact, open, onOpenChange }: ContactDialogProps) {
  const t = useTranslations('contacts');
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={contact ? t('editTitle', { name: contact.name }) : t('addTitle')}
    >
      <ContactForm
        key={contact?.id ?? 'new'}
        contact={contact}
        onDone={() => onOpenChange(false)}
      />
    </Dialog>
  );
}

function ContactForm({ contact, onDone }: { contact: WireContact | null; onDone: () => void }) {
  const t = useTranslations('contacts');
  const queryClient = useQueryClient();
  const form = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: {
      name: contact?.name ?? '',
      company: contact?.company ?? '',
      numbers: contact?.numbers ?? [{ number: '', label: '' }],
    },
  });
  const save = useMutation({
    mutationFn: (body: Form) =>
      contact
        ? callApi({
            method: 'PATCH',
            path: `/contacts/${contact.id}`,
            body,
            response: contactSchema,
          })
        : callApi({ method: 'POST', path: '/contacts', body, response: contactSchema }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/contacts'] });
      await queryClient.invalidateQueries({ queryKey: ['item', '/contacts'] });
      onDone();
    },
  });
  const { errors } = form.formState;
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onDone}
      words={{ cancel: t('cancel'), confirm: contact ? t('save') : t('add') }}
    >
      <Field label={t('name')} error={errors.name?.message}>
        <Input autoComplete="off" {...form.register('name')} />
      </Field>
      <Field label={t('company')} error={errors.company?.message}>
        <Input autoComplete="off" {...form.register('company')} />
      </Field>
      <Numbers form={form} />
    </AddForm>
  );
}

function Numbers({ form }: { form: UseFormReturn<Form> }) {
  const t = useTranslations('contacts');
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'numbers' });
  const errors = form.formState.errors.numbers;
  return (
    <>
      {fields.map((field, index) => (
        <div key={field.id} className="grid grid-cols-[1fr_6rem_auto] items-start gap-2">
          <Field label={t('number')} error={errors?.[index]?.number && t('numberForm')}>
            <Input
              type="tel"
              autoComplete="off"
              placeholder="+44 20 7946 0018"
              {...form.register(`numbers.${index}.number`)}
            />
          </Field>
          <Field label={t('label')} error={errors?.[index]?.label?.message}>
            <Input
              autoComplete="off"
              placeholder={t('labelHint')}
              {...form.register(`numbers.${index}.label`)}
            />
          </Field>
          <IconButton
            label={t('removeNumber')}
            disabled={fields.length === 1}
            className="mt-6"
            onClick={() => remove(index)}
          >
            <X />
          </IconButton>
        </div>
      ))}
      <div>
        <Button
          size="xs"
          icon={<Plus />}
          disabled={fields.length >= 10}
          onClick={() => append({ number: '', label: '' })}
        >
          {t('addNumber')}
        </Button>
      </div>
    </>
  );
}
