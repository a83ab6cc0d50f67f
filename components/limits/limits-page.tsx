'use client';

import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { PageHead } from '@/components/patterns/page-head';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { LinkTabs } from '@/components/ui/tabs';
import { BlockList } from './block-list';
import { CallerIds } from './caller-ids';
import { LimitTree } from './limit-tree';
import { PrefixDialog } from './prefix-dialog';
import { PrefixList } from './prefix-list';
import { VIEWS, viewOf } from './queries';
import { FraudReport } from './report';
import { VerifyDialog } from './verify-dialog';

/** Who may call how much, who may not call out, and what fraud profiles found. */
export function LimitsPage({ home }: { home: string }) {
  const t = useTranslations('limits');
  const mayReadPrefixes = useMay('destinations.read');
  const mayWritePrefixes = useMay('destinations.write');
  const [viewText] = useQueryState('view', parseAsString);
  const mayVerify = useMay('numbers.verify');
  const [isAdding, setAdding] = useState(false);
  const views = VIEWS.filter((view) => view !== 'prefixes' || mayReadPrefixes);
  const view = viewOf(viewText);
  const shown = views.includes(view) ? view : 'limits';
  const mayAdd = (shown === 'prefixes' && mayWritePrefixes) || (shown === 'callerIds' && mayVerify);
  return (
    <>
      <PageHead
        title={t('title')}
        actions={
          mayAdd && (
            <Button variant="primary" icon={<Plus />} onClick={() => setAdding(true)}>
              {t(shown === 'prefixes' ? 'prefixes.add' : 'callerIds.add')}
            </Button>
          )
        }
      />
      <LinkTabs
        label={t('tabs.label')}
        tabs={views.map((one) => ({
          label: t(`tabs.${one}`),
          href: one === 'limits' ? home : `${home}?view=${one}`,
          active: one === shown,
        }))}
      />
      {shown === 'limits' && <LimitTree />}
      {shown === 'blocks' && <BlockList home={home} />}
      {shown === 'report' && <FraudReport home={home} />}
      {shown === 'callerIds' && <CallerIds />}
      {shown === 'prefixes' && <PrefixList mayWrite={mayWritePrefixes} />}
      <PrefixDialog open={isAdding && shown === 'prefixes'} onClose={() => setAdding(false)} />
      <VerifyDialog open={isAdding && shown === 'callerIds'} onClose={() => setAdding(false)} />
    </>
  );
}
