'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { BadgeCheck, Globe, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { Section } from '@/components/patterns/panel';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { EmptyState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { GenerationTag } from '@/components/ui/generation-tag';
import { IconButton } from '@/components/ui/icon-button';
import { Select } from '@/components/ui/select';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import { tenantSchema, type WireTenant } from '@/lib/services/tenants/schemas';
import {
  verifiedNumberSchema,
  type WireVerifiedNumber,
} from '@/lib/services/verified-numbers/schemas';
import { NEWEST_QUERY } from './queries';

/** Which numbers of others may be shown by whom, and what becomes of all other ones. */
export function CallerIds() {
  return (
    <div className="flex flex-col gap-6">
      <VerifiedNumbers />
      <Policies />
    </div>
  );
}

function VerifiedNumbers() {
  const t = useTranslations('limits.callerIds');
  const mayVerify = useMay('numbers.verify');
  const remove = useRemove();
  const columns = useVerifiedColumns();
  const list = useList({
    path: '/verified-numbers',
    query: NEWEST_QUERY,
    item: verifiedNumberSchema,
  });
  const button = (row: WireVerifiedNumber, size: 'xs' | 'sm') => (
    <IconButton label={t('remove', { number: row.e164 })} size={size} onClick={() => remove(row)}>
      <Trash2 aria-hidden />
    </IconButton>
  );
  return (
    <Section title={t('proven')} note={t('provenNote')}>
      <DataTable<WireVerifiedNumber>
        name="verified-numbers"
        label={t('proven')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={(row) => row.id}
        rowLabel={(row) => row.e164}
        rowActions={mayVerify ? (row) => button(row, 'xs') : undefined}
        phoneRow={(row) => ({
          icon: <BadgeCheck />,
          title: <PhoneNumber value={row.e164} />,
          detail: `${row.domain} · ${row.reason}`,
          end: mayVerify && button(row, 'sm'),
        })}
        empty={<EmptyState title={t('empty')}>{t('emptyText')}</EmptyState>}
      />
    </Section>
  );
}

function useRemove(): (row: WireVerifiedNumber) => void {
  const t = useTranslations('limits.callerIds');
  const toast = useToast();
  const queryClient = useQueryClient();
  return ({ id, e164 }) => {
    callApi({ method: 'DELETE', path: `/verified-numbers/${id}` })
      .then(() => toast.done(t('removed', { number: e164 })))
      .catch((error: Error) => toast.failed(t('failed'), error.message))
      .finally(
        () => void queryClient.invalidateQueries({ queryKey: ['list', '/verified-numbers'] }),
      );
  };
}

function useVerifiedColumns(): readonly DataColumn<WireVerifiedNumber>[] {
  const t = useTranslations('limits');
  return useMemo(
    () => [
      {
        id: 'number',
        header: t('callerIds.number'),
        cell: (row) => <PhoneNumber value={row.e164} />,
      },
      { id: 'domain', header: t('callerIds.domain'), cell: (row) => row.domain },
      { id: 'reason', header: t('callerIds.reason'), grow: true, cell: (row) => row.reason },
      {
        id: 'since',
        header: t('callerIds.since'),
        cell: (row) => <DateTime value={row.createdAt} className="text-ink-2" />,
      },
      {
        id: 'switch',
        header: t('columns.switch'),
        className: 'w-px',
        optional: 'shown',
        cell: (row) => (
          <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
        ),
      },
    ],
    [t],
  );
}

/** What becomes of a call that asks for a number nobody has proven, domain by domain. */
function Policies() {
  const t = useTranslations('limits.callerIds');
  const list = useList({ path: '/tenants', query: NEWEST_QUERY, item: tenantSchema });
  const columns = useMemo(
    (): readonly DataColumn<WireTenant>[] => [
      { id: 'domain', header: t('domain'), grow: true, cell: (row) => row.domain },
      { id: 'policy', header: t('policy'), cell: (row) => <PolicyChoice tenant={row} /> },
    ],
    [t],
  );
  return (
    <Section title={t('others')} note={t('othersNote')}>
      <DataTable<WireTenant>
        name="caller-id-policies"
        label={t('others')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={(row) => row.id}
        rowLabel={(row) => row.domain}
        phoneRow={(row) => ({
          icon: <Globe />,
          title: row.domain,
          detail: <PolicyChoice tenant={row} />,
        })}
        empty={<EmptyState title={t('noDomains')} />}
      />
    </Section>
  );
}

const POLICIES = ['replace', 'refuse'] as const;

function PolicyChoice({ tenant }: { tenant: WireTenant }) {
  const t = useTranslations('limits.callerIds');
  const mayWrite = useMay('tenants.write');
  const toast = useToast();
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (callerIdPolicy: WireTenant['callerIdPolicy']) =>
      callApi({
        method: 'PATCH',
        path: `/tenants/${tenant.id}`,
        body: { callerIdPolicy },
        response: tenantSchema,
      }),
    onSuccess: async ({ domain }) => {
      await queryClient.invalidateQueries({ queryKey: ['list', '/tenants'] });
      toast.done(t('policySaved', { domain }));
    },
    onError: (error) => toast.failed(t('failed'), error.message),
  });
  return (
    <Select
      label={t('policyOf', { domain: tenant.domain })}
      className="min-w-0 max-w-64"
      disabled={!mayWrite || change.isPending}
      items={POLICIES.map((value) => ({ value, label: t(`policies.${value}`) }))}
      value={tenant.callerIdPolicy}
      onValueChange={(policy) => change.mutate(policy)}
    />
  );
}
