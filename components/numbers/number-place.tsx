'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMay } from '@/components/portal/me-context';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import { emergencyAddressSchema } from '@/lib/services/emergency/schemas';
import type { WireNumber } from '@/lib/services/numbers/schemas';
import { CHOICE_QUERY, refreshNumbers } from './queries';

/** Stands for the tenant's own place. */
const OWN = 'own';

/** Where help is sent to that is called from a number. */
export function NumberPlace({ number, tenantId }: { number: WireNumber; tenantId: string }) {
  const t = useTranslations('numbers.place');
  const toast = useToast();
  const queryClient = useQueryClient();
  const mayWrite = useMay('emergency.write');
  const { rows } = useList({
    path: '/emergency-addresses',
    query: { tenantId, ...CHOICE_QUERY },
    item: emergencyAddressSchema,
  });
  const choose = useMutation({
    mutationFn: (value: string) =>
      callApi({
        method: 'PUT',
        path: `/numbers/${number.id}/emergency-address`,
        body: { emergencyAddressId: value === OWN ? null : value },
      }),
    onSuccess: () => refreshNumbers(queryClient),
    onError: (error) => toast.failed(t('failed'), error.message),
  });
  if (rows === undefined) return null;
  const own = rows.find(({ isDefault }) => isDefault);
  if (!own && number.emergencyAddress === null) {
    return (
      <Notice tone="amber" icon={<TriangleAlert aria-hidden />} title={t('missing')}>
        {t('missingText')}
      </Notice>
    );
  }
  return (
    <Select
      label={t('label')}
      disabled={!mayWrite || choose.isPending}
      items={[
        { value: OWN, label: own ? t('own', { name: own.name }) : t('none') },
        ...rows.map(({ id, name, city }) => ({ value: id, label: name, hint: city })),
      ]}
      value={number.emergencyAddress?.id ?? OWN}
      onValueChange={(value) => choose.mutate(value)}
    />
  );
}
