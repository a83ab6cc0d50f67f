'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { Field } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { showNumber } from '@/lib/client/format/phone';
import { numberSchema, type WireNumber } from '@/lib/services/numbers/schemas';
import { NumberTarget } from './number-state';
import { refreshNumbers } from './queries';
import { useTargets } from './use-targets';

/** Where a number leads: to an extension, to a PBX, to nobody yet, or out of service. */
export function NumberRouting({ number, mayWrite }: { number: WireNumber; mayWrite: boolean }) {
  // What is there now decides what the form begins with.
  const place = `${number.tenant?.id}:${number.extension?.id}:${number.trunk?.id}`;
  if (!mayWrite) return <NumberTarget number={number} />;
  return <RoutingForm key={place} number={number} />;
}

function RoutingForm({ number }: { number: WireNumber }) {
  const t = useTranslations('numbers.routing');
  const toast = useToast();
  const queryClient = useQueryClient();
  const targets = useTargets(number.accountId, number.tenant?.id ?? null);
  const was = number.extension?.id ?? number.trunk?.id ?? null;
  const [picked, setPicked] = useState(was);
  const save = useMutation({
    mutationFn: (to: string | null | undefined) => {
      const target = targets.find(to ?? null);
      return callApi({
        method: 'PUT',
        path: `/numbers/${number.id}/assignment`,
        body:
          to === undefined
            ? { tenantId: null }
            : {
                tenantId: targets.tenantId,
                extensionId: target?.kind === 'extension' ? target.id : null,
                trunkId: target?.kind === 'trunk' ? target.id : null,
              },
        response: numberSchema,
      });
    },
    onSuccess: async (changed) => {
      await refreshNumbers(queryClient);
      toast.done(t('saved', { number: showNumber(changed.e164).text }));
    },
  });
  if (targets.tenants.length === 0) {
    return <p className="text-ink-2">{targets.isLoading ? t('loading') : t('noTenant')}</p>;
  }
  return (
    <div className="flex flex-col gap-3">
      {save.error && (
        <Notice tone="red" urgent>
          {save.error.message}
        </Notice>
      )}
      {targets.tenants.length > 1 && (
        <Field label={t('tenant')}>
          <Select
            items={targets.tenants.map(({ id, domain }) => ({ value: id, label: domain }))}
            value={targets.tenantId}
            onValueChange={(id) => {
              targets.setTenantId(id);
              setPicked(null);
            }}
          />
        </Field>
      )}
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
      <div className="flex flex-wrap gap-2">
        <Button
          disabled={picked === was && number.tenant?.id === targets.tenantId}
          busy={save.isPending}
          onClick={() => save.mutate(picked)}
        >
          {t('save')}
        </Button>
        {number.tenant && (
          <Button variant="quiet" onClick={() => save.mutate(undefined)}>
            {t('takeOut')}
          </Button>
        )}
      </div>
    </div>
  );
}
