'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Settings2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { AddForm } from '@/components/patterns/edit-form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import { type NumberSettings, numberSettingsSchema } from '@/lib/services/numbers/schemas';

const PATH = '/numbers/settings';

/** How the own stock is kept: how long numbers rest after use, how long one may be reserved. */
export function StockSettings() {
  const t = useTranslations('numbers.settings');
  const [isOpen, setOpen] = useState(false);
  const { data } = useItem({ path: PATH, response: numberSettingsSchema });
  if (!data) return null;
  return (
    <>
      <Button variant="quiet" size="sm" icon={<Settings2 />} onClick={() => setOpen(true)}>
        {t('open', { days: data.agingDays })}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('title')} description={t('text')}>
        <SettingsForm settings={data} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

interface SettingsFormProps {
  settings: NumberSettings;
  onDone: () => void;
}

function SettingsForm({ settings, onDone }: SettingsFormProps) {
  const t = useTranslations('numbers.settings');
  const toast = useToast();
  const queryClient = useQueryClient();
  const form = useForm<NumberSettings>({
    resolver: zodResolver(numberSettingsSchema),
    defaultValues: settings,
  });
  const save = useMutation({
    mutationFn: (body: NumberSettings) =>
      callApi({ method: 'PATCH', path: PATH, body, response: numberSettingsSchema }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['item', PATH] });
      toast.done(t('saved'));
      onDone();
    },
  });
  const { errors } = form.formState;
  const number = { valueAsNumber: true } as const;
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onDone}
      words={{ cancel: t('cancel'), confirm: t('save') }}
    >
      <Field label={t('agingDays')} error={errors.agingDays?.message}>
        <Input inputMode="numeric" {...form.register('agingDays', number)} />
      </Field>
      <Field label={t('reservationMinutes')} error={errors.reservationMinutes?.message}>
        <Input inputMode="numeric" {...form.register('reservationMinutes', number)} />
      </Field>
    </AddForm>
  );
}
