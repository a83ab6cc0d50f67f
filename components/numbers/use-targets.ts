'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { ComboboxItem } from '@/components/ui/combobox';
import { useList } from '@/lib/client/use-list';
import { extensionSchema } from '@/lib/services/extensions/schemas';
import { tenantSchema } from '@/lib/services/tenants/schemas';
import { trunkSchema } from '@/lib/services/trunks/schemas';
import { CHOICE_QUERY } from './queries';

/** What a number can lead to. */
export interface Target {
  readonly kind: 'extension' | 'trunk';
  readonly id: string;
}

export interface Targets {
  readonly tenants: readonly { readonly id: string; readonly domain: string }[];
  readonly tenantId: string | null;
  readonly setTenantId: (id: string) => void;
  readonly items: readonly ComboboxItem[];
  readonly find: (id: string | null) => Target | undefined;
  readonly isLoading: boolean;
}

/** The extensions and PBXs of an account's tenants, one tenant at a time. */
export function useTargets(accountId: string, firstTenantId: string | null): Targets {
  const t = useTranslations('numbers.target');
  const [chosen, setTenantId] = useState(firstTenantId);
  const tenants = useList({
    path: '/tenants',
    query: { accountId, ...CHOICE_QUERY },
    item: tenantSchema,
  });
  const own = (tenants.rows ?? []).filter((tenant) => tenant.accountId === accountId);
  const tenantId = chosen ?? own[0]?.id ?? null;
  const query = { tenantId, ...CHOICE_QUERY };
  const extensions = useList({ path: '/extensions', query, item: extensionSchema });
  const trunks = useList({ path: '/trunks', query: { kind: 'pbx', ...query }, item: trunkSchema });
  const targets =
    tenantId === null
      ? []
      : [
          ...(extensions.rows ?? []).map(({ id, number, name }) => ({
            kind: 'extension' as const,
            id,
            label: `${number} · ${name}`,
          })),
          ...(trunks.rows ?? []).map(({ id, name }) => ({
            kind: 'trunk' as const,
            id,
            label: t('trunk', { name }),
          })),
        ];
  return {
    tenants: own,
    tenantId,
    setTenantId,
    items: targets.map(({ id, label }) => ({ value: id, label })),
    find: (id) => targets.find((target) => target.id === id),
    isLoading: tenants.rows === undefined && tenants.error === null,
  };
}
