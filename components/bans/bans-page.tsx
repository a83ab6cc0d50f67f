'use client';

import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { PageHead } from '@/components/patterns/page-head';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { LinkTabs } from '@/components/ui/tabs';
import { useList } from '@/lib/client/use-list';
import { allowedAddressSchema, banSchema } from '@/lib/services/bans/schemas';
import { AddressDialog } from './address-dialog';
import { AllowedList } from './allowed-list';
import { BanList } from './ban-list';
import { type BansView, NEWEST_QUERY, REFRESH_MS, VIEWS, viewOf } from './queries';

/** Who is shut out of SIP, by the switch itself or by hand, and who never is. */
export function BansPage() {
  const t = useTranslations('bans');
  const mayWrite = useMay('bans.write');
  const [viewText] = useQueryState('view', parseAsString);
  const [adding, setAdding] = useState<BansView | null>(null);
  const common = { query: NEWEST_QUERY, refreshEveryMs: REFRESH_MS };
  const bans = useList({ path: '/bans', item: banSchema, ...common });
  const allowed = useList({ path: '/allowed-addresses', item: allowedAddressSchema, ...common });
  const view = viewOf(viewText);
  const counts = { bans: bans.rows?.length, allowed: allowed.rows?.length };
  return (
    <>
      <PageHead
        title={t('title')}
        actions={
          mayWrite && (
            <Button variant="primary" icon={<Plus />} onClick={() => setAdding(view)}>
              {t(view === 'bans' ? 'ban' : 'allow')}
            </Button>
          )
        }
      />
      <LinkTabs
        label={t('tabs.label')}
        tabs={VIEWS.map((one) => ({
          label: t(`tabs.${one}`),
          href: one === 'bans' ? '/admin/bans' : `/admin/bans?view=${one}`,
          active: one === view,
          count: counts[one],
        }))}
      />
      {view === 'bans' ? (
        <BanList list={bans} mayWrite={mayWrite} />
      ) : (
        <AllowedList list={allowed} mayWrite={mayWrite} />
      )}
      <AddressDialog kind={adding} onClose={() => setAdding(null)} />
    </>
  );
}
