'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { type UseFormReturn, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useTargets } from '@/components/numbers/use-targets';
import { AddForm } from '@/components/patterns/edit-form';
import { useViewer } from '@/components/portal/me-context';
import { Combobox } from '@/components/ui/combobox';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { callApi } from '@/lib/client/api';
import { e164InputSchema } from '@/lib/services/numbers/schemas';
import { portInSchema, type WirePortIn } from '@/lib/services/port-ins/schemas';
import { refreshPortIns } from './queries';

const line = z.string().trim().min(1, 'must not be empty').max(100);

const formSchema = z.object({
  /** As typed: numbers with commas or blanks lines between. */
  numbers: z.string().refine((text) => {
    const list = numbersIn(text);
    return list.length > 0 && list.every((number) => e164InputSchema.safeParse(number).success);
  }, 'must be numbers in E.164 form, such as +12025550101, with commas between'),
  losingCarrier: line,
  accountHolder: line,
  accountNumber: z.string().trim().max(60),
  street: line,
  city: line,
  region: z.string().trim().max(100),
  postalCode: z.string().trim().min(1, 'must not be empty').max(12),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/, 'must be a code such as US'),
  wishedOn: z.iso.date('must be a day'),
});
type Form = z.infer<typeof formSchema>;

function numbersIn(text: string): string[] {
  return text
    .split(/[,;\n]/)
    .map((part) => part.replace(/[\s().-]/g, ''))
    .filter((part) => part !== '');
}

export interface PortInDialogProps {
  open: boolean;
  /** null: a new one. */
  portIn: WirePortIn | null;
  onClose: () => void;
  onSaved?: (portIn: WirePortIn) => void;
}

/** The form of a request; it is a draft until it is handed in. */
export function PortInDialog({ open, portIn, onClose, onSaved }: PortInDialogProps) {
  const t = useTranslations('portIns.form');
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      width="lg"
      sticky
      title={t(portIn ? 'editTitle' : 'title')}
      description={t('text')}
    >
      <PortInForm key={portIn?.id ?? 'new'} portIn={portIn} onDone={onClose} onSaved={onSaved} />
    </Dialog>
  );
}

function valuesOf(portIn: WirePortIn | null): Form {
  const inTwoWeeks = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);
  return {
    numbers: portIn?.numbers.join(', ') ?? '',
    losingCarrier: portIn?.losingCarrier ?? '',
    accountHolder: portIn?.accountHolder ?? '',
    accountNumber: portIn?.accountNumber ?? '',
    street: portIn?.street ?? '',
    city: portIn?.city ?? '',
    region: portIn?.region ?? '',
    postalCode: portIn?.postalCode ?? '',
    country: portIn?.country ?? '',
    wishedOn: portIn?.wishedOn ?? inTwoWeeks,
  };
}

interface PortInFormProps {
  portIn: WirePortIn | null;
  onDone: () => void;
  onSaved: ((portIn: WirePortIn) => void) | undefined;
}

function PortInForm({ portIn, onDone, onSaved }: PortInFormProps) {
  const t = useTranslations('portIns.form');
  const queryClient = useQueryClient();
  const { account } = useViewer();
  const targets = useTargets(portIn?.account.id ?? account.id, portIn?.tenantId ?? null);
  const [picked, setPicked] = useState(portIn?.extensionId ?? portIn?.trunkId ?? null);
  const form = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: valuesOf(portIn),
  });
  const save = useMutation({
    mutationFn: ({ numbers, ...rest }: Form) => {
      const target = targets.find(picked);
      return callApi({
        method: portIn ? 'PATCH' : 'POST',
        path: portIn ? `/port-ins/${portIn.id}` : '/port-ins',
        body: {
          ...rest,
          numbers: numbersIn(numbers),
          tenantId: targets.tenantId,
          extensionId: target?.kind === 'extension' ? target.id : null,
          trunkId: target?.kind === 'trunk' ? target.id : null,
        },
        response: portInSchema,
      });
    },
    onSuccess: async (saved) => {
      await refreshPortIns(queryClient);
      onDone();
      onSaved?.(saved);
    },
  });
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onDone}
      words={{ cancel: t('cancel'), confirm: t(portIn ? 'save' : 'add') }}
    >
      <FormFields form={form} />
      <Field label={t('target')} hint={t('targetHint')}>
        <Combobox
          key={targets.tenantId}
          items={targets.items}
          value={picked}
          onValueChange={setPicked}
          placeholder={t('placeholder')}
          emptyText={t('nothing')}
        />
      </Field>
    </AddForm>
  );
}

function FormFields({ form }: { form: UseFormReturn<Form> }) {
  const t = useTranslations('portIns.form');
  const { errors } = form.formState;
  const field = (name: Exclude<keyof Form, 'numbers' | 'wishedOn'>) => (
    <Field label={t(name)} error={errors[name]?.message}>
      <Input autoComplete="off" {...form.register(name)} />
    </Field>
  );
  return (
    <>
      <Field label={t('numbers')} hint={t('numbersHint')} error={errors.numbers?.message}>
        <Input
          autoComplete="off"
          placeholder="+12025550101, +12025550102"
          {...form.register('numbers')}
        />
      </Field>
      <div className="grid grid-cols-2 gap-3 max-md:grid-cols-1">
        {field('losingCarrier')}
        <Field label={t('wishedOn')} error={errors.wishedOn?.message}>
          <Input type="date" {...form.register('wishedOn')} />
        </Field>
        {field('accountHolder')}
        {field('accountNumber')}
        {field('street')}
        {field('city')}
        {field('region')}
        {field('postalCode')}
        {field('country')}
      </div>
    </>
  );
}
