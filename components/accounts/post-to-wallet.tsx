'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { AddForm } from '@/components/patterns/edit-form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import type { WireAccount } from '@/lib/services/accounts/schemas';

const KINDS = ['top_up', 'credit_note', 'adjustment'] as const;

const formSchema = z
  .object({
    kind: z.enum(KINDS),
    amount: z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/, 'must be an amount such as 12.50'),
    reason: z.string().trim().min(1, 'must say why').max(200),
  })
  .refine(({ kind, amount }) => kind === 'adjustment' || !amount.startsWith('-'), {
    message: 'only a correction takes money out',
    path: ['amount'],
  });
type Form = z.infer<typeof formSchema>;

export interface PostToWalletProps {
  account: WireAccount;
  walletId: string;
}

/** Money that comes in, is given back, or is put right: a posting, never an edit. */
export function PostToWallet({ account, walletId }: PostToWalletProps) {
  const t = useTranslations('accounts.post');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        {t('open')}
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title={t('title', { name: account.name })}
        description={t('text')}
      >
        <PostForm account={account} walletId={walletId} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function PostForm({ account, walletId, onDone }: PostToWalletProps & { onDone: () => void }) {
  const t = useTranslations('accounts.post');
  const toast = useToast();
  const queryClient = useQueryClient();
  // One for the dialog: pressed twice, or sent again, it is posted once.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const form = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: { kind: 'top_up', amount: '', reason: '' },
  });
  const save = useMutation({
    mutationFn: (body: Form) =>
      callApi({
        method: 'POST',
        path: `/wallets/${walletId}/postings`,
        body: { ...body, idempotencyKey },
        response: z.object({ transactionId: z.string() }),
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['list'] });
      await queryClient.invalidateQueries({ queryKey: ['item'] });
      toast.done(t('posted', { name: account.name }));
      onDone();
    },
  });
  const { errors } = form.formState;
  return (
    <AddForm
      form={form}
      save={save}
      onCancel={onDone}
      words={{ cancel: t('cancel'), confirm: t('confirm') }}
    >
      <Controller
        control={form.control}
        name="kind"
        render={({ field }) => (
          <Segmented
            label={t('kind')}
            segments={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
            value={field.value}
            onValueChange={field.onChange}
          />
        )}
      />
      <Field
        label={t('amount', { currency: account.currency })}
        hint={t(`hints.${form.watch('kind')}`)}
        error={errors.amount?.message}
      >
        <Input
          inputMode="decimal"
          autoComplete="off"
          placeholder="25.00"
          {...form.register('amount')}
        />
      </Field>
      <Field label={t('reason')} hint={t('reasonHint')} error={errors.reason?.message}>
        <Input autoComplete="off" {...form.register('reason')} />
      </Field>
    </AddForm>
  );
}
