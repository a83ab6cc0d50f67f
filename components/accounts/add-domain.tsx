'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import type { WireAccount } from '@/lib/services/accounts/schemas';
import { domainSchema, tenantSchema } from '@/lib/services/tenants/schemas';

const formSchema = z.object({
  domain: domainSchema,
  destinations: z
    .string()
    .regex(/^\s*([1-9]\d{0,14}(\s*[,\s]\s*[1-9]\d{0,14})*)?\s*$/, 'must be digits without “+”'),
});
type Form = z.infer<typeof formSchema>;

/** Gives an account a domain at which its phones register. */
export function AddDomain({ account }: { account: WireAccount }) {
  const t = useTranslations('accounts.addDomain');
  const tAdd = useTranslations('accounts.add');
  const formId = useId();
  const [isOpen, setOpen] = useState(false);
  const { register, handleSubmit, formState, reset } = useForm<Form>({
    resolver: zodResolver(formSchema),
    defaultValues: { domain: '', destinations: '' },
  });
  const add = useAdd(account, () => {
    setOpen(false);
    reset();
  });
  return (
    <>
      <Button size="xs" icon={<Plus />} className="mt-3" onClick={() => setOpen(true)}>
        {t('title')}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('title')} description={account.name}>
        <form
          id={formId}
          noValidate
          onSubmit={(event) => void handleSubmit((form) => add.mutate(form))(event)}
          className="mt-3 flex flex-col gap-3"
        >
          {add.error && (
            <Notice tone="red" urgent>
              {add.error.message}
            </Notice>
          )}
          <Field label={t('domain')} hint={t('hint')} error={formState.errors.domain?.message}>
            <Input mono autoComplete="off" spellCheck={false} {...register('domain')} />
          </Field>
          <Field
            label={t('destinations')}
            hint={t('destinationsHint')}
            error={formState.errors.destinations && t('badPrefixes')}
          >
            <Input mono autoComplete="off" {...register('destinations')} />
          </Field>
          <DialogActions>
            <Button onClick={() => setOpen(false)}>{tAdd('cancel')}</Button>
            <Button variant="primary" type="submit" form={formId} busy={add.isPending}>
              {t('confirm')}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </>
  );
}

function useAdd(account: WireAccount, onAdded: () => void) {
  const t = useTranslations('accounts.addDomain');
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ domain, destinations }: Form) =>
      callApi({
        method: 'POST',
        path: '/tenants',
        body: {
          accountId: account.id,
          domain,
          allowedDestinations: destinations.split(/[,\s]+/u).filter((prefix) => prefix !== ''),
        },
        response: tenantSchema,
      }),
    onSuccess: async ({ domain }) => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/tenants'] });
      toast.done(t('added', { domain }));
      onAdded();
    },
  });
}
