'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { useItem } from '@/lib/client/use-item';
import type { WirePlan } from '@/lib/services/plans/schemas';
import { walletSchema } from '@/lib/services/wallets/schemas';
import { OrderBill, useBill } from './order-bill';
import { OrderProgress } from './order-progress';
import { type OrderWish, type TenantPlace, useOrder } from './use-order';

export interface OrderDialogProps {
  plan: WirePlan;
  tenants: readonly TenantPlace[];
  walletId: string | null;
  onClose: () => void;
}

/** From "what would that cost" to "it is live": asks once, then shows how it goes. */
export function OrderDialog({ plan, tenants, walletId, onClose }: OrderDialogProps) {
  const t = useTranslations('plans');
  const [isOpen, setOpen] = useState(true);
  const order = useOrder(plan.id);
  const close = () => {
    setOpen(false);
    onClose();
  };
  return (
    <Dialog
      open={isOpen}
      onOpenChange={(next) => {
        if (!next) close();
      }}
      width="md"
      sticky={order.isPending}
      title={
        order.data
          ? t('progress.title', { plan: plan.name })
          : t('dialog.title', { plan: plan.name })
      }
      description={order.data ? undefined : t('dialog.text', { count: plan.extensions })}
    >
      {order.data ? (
        <OrderProgress ordered={order.data} onDone={close} />
      ) : (
        <OrderForm
          plan={plan}
          tenants={tenants}
          walletId={walletId}
          isOrdering={order.isPending}
          error={order.error}
          onOrder={(wish) => order.mutate(wish)}
          onCancel={close}
        />
      )}
    </Dialog>
  );
}

const formSchema = z.object({ extensionName: z.string().trim().max(100), tenantId: z.string() });

interface OrderFormProps extends Omit<OrderDialogProps, 'onClose'> {
  isOrdering: boolean;
  error: Error | null;
  onOrder: (wish: OrderWish) => void;
  onCancel: () => void;
}

function OrderForm(props: OrderFormProps) {
  const { plan, tenants, walletId, isOrdering, error, onOrder, onCancel } = props;
  const t = useTranslations('plans.dialog');
  const { account } = useViewer();
  const formId = useId();
  const wallet = useItem({ path: '/wallets', id: walletId, response: walletSchema });
  const bill = useBill(plan, wallet.data);
  const [first] = tenants;
  const hasNoPlace = plan.extensions > 0 && !first;
  const { register, handleSubmit, control, formState } = useForm({
    resolver: zodResolver(formSchema),
    defaultValues: { extensionName: '', tenantId: first?.id ?? '' },
  });
  const send = handleSubmit(({ extensionName, tenantId }) =>
    onOrder({ extensionName, tenantId: tenantId === '' ? undefined : tenantId }),
  );
  const seller = account.sellerName ?? '';
  return (
    <form
      id={formId}
      noValidate
      onSubmit={(event) => void send(event)}
      className="mt-3 flex flex-col gap-4"
    >
      {error && (
        <Notice tone="red" urgent>
          {error.message}
        </Notice>
      )}
      {hasNoPlace && <Notice tone="amber">{t('noTenant', { seller })}</Notice>}
      <OrderBill bill={bill} />
      {plan.extensions > 0 && (
        <Field
          label={t('name')}
          hint={t('nameHint')}
          error={formState.errors.extensionName?.message}
        >
          <Input autoComplete="off" {...register('extensionName')} />
        </Field>
      )}
      {plan.extensions > 0 && tenants.length > 1 && (
        <Field label={t('domain')}>
          <Controller
            control={control}
            name="tenantId"
            render={({ field }) => (
              <Select
                items={tenants.map(({ id, domain }) => ({ value: id, label: domain }))}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
      )}
      <DialogActions>
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button
          variant="primary"
          type="submit"
          form={formId}
          busy={isOrdering}
          disabled={hasNoPlace || bill.missing !== null}
        >
          {bill.isFree ? t('confirmFree') : t('confirm', { price: bill.totalWords })}
        </Button>
      </DialogActions>
    </form>
  );
}
