'use client';

import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { PageHead } from '@/components/patterns/page-head';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { LinkTabs } from '@/components/ui/tabs';
import { useList } from '@/lib/client/use-list';
import { carrierSchema, type WireCarrier } from '@/lib/services/carriers/schemas';
import { deckSchema } from '@/lib/services/decks/schemas';
import { routeGroupSchema, type WireRouteGroup } from '@/lib/services/route-groups/schemas';
import { trunkSchema } from '@/lib/services/trunks/schemas';
import { AddTrunk } from './add-trunk';
import { CarrierDialog } from './carrier-dialog';
import { CarrierList } from './carrier-list';
import { ALL_QUERY, type CarrierView, SELL_DECKS_QUERY, VIEWS, viewOf } from './queries';
import { RouteGroupDialog } from './route-group-dialog';
import { RouteGroups } from './route-groups';
import { TrunkList } from './trunk-list';
import { TrunkSheet } from './trunk-sheet';

/** Trunks, the carriers behind them, and the routes over them. */
export function CarriersPage() {
  const t = useTranslations('carriers');
  const { account } = useViewer();
  const mayWriteCarriers = useMay('carriers.write');
  const mayWriteTrunks = useMay('trunks.write');
  const [viewText] = useQueryState('view', parseAsString);
  const [openId, setOpenId] = useQueryState('open', parseAsString);
  const [carrier, setCarrier] = useState<WireCarrier | 'new' | null>(null);
  const [group, setGroup] = useState<WireRouteGroup | 'new' | null>(null);
  const [isAddingTrunk, setAddingTrunk] = useState(false);
  const trunks = useList({ path: '/trunks', query: ALL_QUERY, item: trunkSchema });
  const carriers = useList({ path: '/carriers', query: ALL_QUERY, item: carrierSchema });
  const groups = useList({ path: '/route-groups', query: ALL_QUERY, item: routeGroupSchema });
  const decks = useList({ path: '/decks', query: SELL_DECKS_QUERY, item: deckSchema });
  const view = viewOf(viewText);
  const counts: Record<CarrierView, number | undefined> = {
    trunks: trunks.rows?.length,
    carriers: carriers.rows?.length,
    routes: groups.rows?.length,
  };
  const add = {
    trunks: mayWriteTrunks ? () => setAddingTrunk(true) : undefined,
    carriers: mayWriteCarriers ? () => setCarrier('new') : undefined,
    routes: mayWriteTrunks ? () => setGroup('new') : undefined,
  } satisfies Record<CarrierView, unknown>;
  const addLabel = { trunks: 'addTrunk', carriers: 'addCarrier', routes: 'addRoute' } as const;
  return (
    <>
      <PageHead
        title={t('title')}
        actions={
          add[view] && (
            <Button variant="primary" icon={<Plus />} onClick={add[view]}>
              {t(addLabel[view])}
            </Button>
          )
        }
      />
      <LinkTabs
        label={t('tabs.label')}
        tabs={VIEWS.map((one) => ({
          label: t(`tabs.${one}`),
          href: one === 'trunks' ? '/admin/carriers' : `/admin/carriers?view=${one}`,
          active: one === view,
          count: counts[one],
        }))}
      />
      {view === 'trunks' && (
        <TrunkList
          list={trunks}
          openId={openId}
          onOpen={(id) => void setOpenId(id)}
          onAdd={carriers.rows?.length === 0 ? undefined : add.trunks}
          hasCarrier={carriers.rows?.length !== 0}
        />
      )}
      {view === 'carriers' && (
        <CarrierList
          list={carriers}
          onAdd={add.carriers}
          onEdit={mayWriteCarriers ? setCarrier : undefined}
        />
      )}
      {view === 'routes' && (
        <RouteGroups
          list={groups}
          onAdd={add.routes}
          onEdit={mayWriteTrunks ? setGroup : undefined}
        />
      )}
      <TrunkSheet openId={openId} rows={trunks.rows ?? []} onOpen={(id) => void setOpenId(id)} />
      <AddTrunk
        open={isAddingTrunk}
        onOpenChange={setAddingTrunk}
        carriers={carriers.rows ?? []}
        onAdded={(trunk) => {
          setAddingTrunk(false);
          void setOpenId(trunk.id);
        }}
      />
      <CarrierDialog subject={carrier} onClose={() => setCarrier(null)} />
      <RouteGroupDialog
        subject={group}
        trunks={trunks.rows ?? []}
        decks={(decks.rows ?? []).filter((deck) => deck.accountId === account.id)}
        onClose={() => setGroup(null)}
      />
    </>
  );
}
