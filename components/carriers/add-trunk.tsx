'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import type { WireCarrier } from '@/lib/services/carriers/schemas';
import { trunkSchema, type WireTrunk } from '@/lib/services/trunks/schemas';
import { TrunkFields } from './trunk-fields';
import { type TrunkForm, trunkFormOf, trunkFormSchema, trunkInputOf } from './trunk-form-values';

export interface AddTrunkProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  carriers: readonly WireCarrier[];
  onAdded: (trunk: WireTrunk) => void;
}

/** Asks where a carrier is reached. */
export function AddTrunk({ open, onOpenChange, carriers, onAdded }: AddTrunkProps) {
  const t = useTranslations('carriers');
  const [first] = carriers;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="md"
      sticky
      title={t('trunkForm.title')}
      description={first ? t('trunkForm.text') : t('emptyTrunks.needCarrier')}
    >
      {first ? (
        <AddForm
          carriers={carriers}
          defaultCarrierId={first.id}
          onCancel={() => onOpenChange(false)}
          onAdded={onAdded}
        />
      ) : (
        <DialogActions>
          <Button onClick={() => onOpenChange(false)}>{t('trunkForm.cancel')}</Button>
        </DialogActions>
      )}
    </Dialog>
  );
}

interface AddFormProps {
  carriers: readonly WireCarrier[];
  defaultCarrierId: string;
  onCancel: () => void;
  onAdded: (trunk: WireTrunk) => void;
}

function AddForm({ carriers, defaultCarrierId, onCancel, onAdded }: AddFormProps) {
  const t = useTranslations('carriers.trunkForm');
  const formId = useId();
  const form = useForm<TrunkForm>({
    resolver: zodResolver(trunkFormSchema),
    defaultValues: trunkFormOf(null, defaultCarrierId),
  });
  const add = useAddTrunk(onAdded);
  return (
    <form
      id={formId}
      noValidate
      onSubmit={(event) => void form.handleSubmit((values) => add.mutate(values))(event)}
      className="mt-3 flex flex-col gap-3"
    >
      {add.error && (
        <Notice tone="red" urgent>
          {add.error.message}
        </Notice>
      )}
      <Field label={t('carrier')}>
        <Controller
          control={form.control}
          name="carrierId"
          render={({ field }) => (
            <Select
              items={carriers.map(({ id, name }) => ({ value: id, label: name }))}
              value={field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
      <Field label={t('kind')}>
        <Controller
          control={form.control}
          name="kind"
          render={({ field }) => (
            <Select
              items={(['ip', 'registration'] as const).map((value) => ({
                value,
                label: t(`kinds.${value}`),
                hint: t(`kindHints.${value}`),
              }))}
              value={field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
      <TrunkFields form={form} isNew />
      <DialogActions>
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button variant="primary" type="submit" form={formId} busy={add.isPending}>
          {t('confirm')}
        </Button>
      </DialogActions>
    </form>
  );
}

function useAddTrunk(onAdded: (trunk: WireTrunk) => void) {
  const t = useTranslations('carriers.trunkForm');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (values: TrunkForm) =>
      callApi({
        method: 'POST',
        path: '/trunks',
        body: trunkInputOf(values),
        response: trunkSchema,
      }),
    onSuccess: async (trunk) => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['list', '/trunks'] }),
        queryClient.invalidateQueries({ queryKey: ['list', '/carriers'] }),
      ]);
      toast.done(t('added', { name: trunk.name }));
      onAdded(trunk);
    },
  });
}
