'use client';

import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { PageHead } from '@/components/patterns/page-head';
import { useMay } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { useList } from '@/lib/client/use-list';
import { trunkSchema } from '@/lib/services/trunks/schemas';
import { AddPbx } from './add-pbx';
import { PbxList } from './pbx-list';
import { PbxSheet } from './pbx-sheet';
import { PBX_QUERY } from './queries';

/** A SIP domain that a PBX may belong to. */
export interface PbxTenant {
  readonly id: string;
  readonly domain: string;
}

export interface PbxPageProps {
  tenants: readonly PbxTenant[];
  /** "host:port" of the switch, as a PBX is told it. */
  registrar: string;
}

/** A customer's own PBXs: how they are connected, and connecting another. */
export function PbxPage({ tenants, registrar }: PbxPageProps) {
  const t = useTranslations('trunks');
  const mayWrite = useMay('trunks.write') && tenants.length > 0;
  const [openId, setOpenId] = useQueryState('open', parseAsString);
  const [isAdding, setAdding] = useState(false);
  const list = useList({ path: '/trunks', query: PBX_QUERY, item: trunkSchema });
  const onAdd = mayWrite ? () => setAdding(true) : undefined;
  return (
    <>
      <PageHead
        title={t('title')}
        actions={
          onAdd && (
            <Button variant="primary" icon={<Plus />} onClick={onAdd}>
              {t('add')}
            </Button>
          )
        }
      />
      <PbxList
        list={list}
        openId={openId}
        onOpen={(id) => void setOpenId(id)}
        onAdd={onAdd}
        hasTenant={tenants.length > 0}
      />
      <PbxSheet
        openId={openId}
        rows={list.rows ?? []}
        registrar={registrar}
        onOpen={(id) => void setOpenId(id)}
      />
      <AddPbx
        open={isAdding}
        onOpenChange={setAdding}
        tenants={tenants}
        onAdded={({ id }) => {
          setAdding(false);
          void setOpenId(id);
        }}
      />
    </>
  );
}
