'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { AddForm } from '@/components/patterns/edit-form';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import type { WireCarrier } from '@/lib/services/carriers/schemas';
import type { WireTrunk } from '@/lib/services/trunks/schemas';
import { TrunkFields } from './trunk-fields';
import { type TrunkForm, trunkFormOf, trunkFormSchema, trunkInputOf } from './trunk-form-values';
import { useAddTrunk } from './use-add-trunk';

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
        <AddTrunkForm
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

interface AddTrunkFormProps {
  carriers: readonly WireCarrier[];
  defaultCarrierId: string;
  onCancel: () => void;
  onAdded: (trunk: WireTrunk) => void;
}

function AddTrunkForm({ carriers, defaultCarrierId, onCancel, onAdded }: AddTrunkFormProps) {
  const t = useTranslations('carriers.trunkForm');
  const form = useForm<TrunkForm>({
    resolver: zodResolver(trunkFormSchema),
    defaultValues: trunkFormOf(null, defaultCarrierId),
  });
  const add = useAddTrunk<TrunkForm>({
    bodyOf: trunkInputOf,
    said: ({ name }) => t('added', { name }),
    onAdded,
  });
  return (
    <AddForm
      form={form}
      save={add}
      onCancel={onCancel}
      words={{ cancel: t('cancel'), confirm: t('confirm') }}
    >
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
    </AddForm>
  );
}
