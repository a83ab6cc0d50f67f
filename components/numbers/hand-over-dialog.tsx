'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import { accountSchema } from '@/lib/services/accounts/schemas';
import { handedOverSchema, type WireNumber } from '@/lib/services/numbers/schemas';
import { CHOICE_QUERY, refreshNumbers } from './queries';

export interface HandOverDialogProps {
  /** Those that are handed over; none: the dialog is closed. */
  numbers: readonly WireNumber[];
  onClose: () => void;
}

/** Hands numbers down the tree: to a reseller's stock, or to a customer. */
export function HandOverDialog({ numbers, onClose }: HandOverDialogProps) {
  const t = useTranslations('numbers.handOver');
  return (
    <Dialog
      open={numbers.length > 0}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('title', { count: numbers.length })}
      description={t('text')}
      width="md"
    >
      <HandOverForm numbers={numbers} onClose={onClose} />
    </Dialog>
  );
}

function HandOverForm({ numbers, onClose }: HandOverDialogProps) {
  const t = useTranslations('numbers.handOver');
  const toast = useToast();
  const queryClient = useQueryClient();
  const { account } = useViewer();
  const [accountId, setAccountId] = useState<string | null>(null);
  const accounts = useList({ path: '/accounts', query: CHOICE_QUERY, item: accountSchema });
  const below = (accounts.rows ?? []).filter(({ id }) => id !== account.id);
  const handOver = useMutation({
    mutationFn: () =>
      callApi({
        method: 'POST',
        path: '/numbers/hand-over',
        body: { numberIds: numbers.map(({ id }) => id), accountId },
        response: handedOverSchema,
      }),
    onSuccess: async ({ moved }) => {
      onClose();
      toast.done(t('done', { count: moved }));
      await refreshNumbers(queryClient);
    },
  });
  return (
    <div className="mt-3 flex flex-col gap-3">
      {handOver.error && (
        <Notice tone="red" urgent>
          {handOver.error.message}
        </Notice>
      )}
      <Field label={t('to')}>
        <Combobox
          items={below.map(({ id, name, kind }) => ({
            value: id,
            label: name,
            hint: t(`kinds.${kind}`),
          }))}
          value={accountId}
          onValueChange={setAccountId}
          placeholder={t('placeholder')}
          emptyText={t('nobody')}
        />
      </Field>
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button
          variant="primary"
          disabled={accountId === null}
          busy={handOver.isPending}
          onClick={() => handOver.mutate()}
        >
          {t('confirm')}
        </Button>
      </DialogActions>
    </div>
  );
}
