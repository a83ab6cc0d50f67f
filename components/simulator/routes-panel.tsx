'use client';

import { useTranslations } from 'next-intl';
import { Money } from '@/components/patterns/money';
import { Panel } from '@/components/patterns/panel';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import type { WireSimulatedRoute } from '@/lib/services/calls/schemas';

export interface RoutesPanelProps {
  routes: readonly WireSimulatedRoute[];
  seconds: number;
}

/** The routes in the order they are tried, and why the others are not. */
export function RoutesPanel({ routes, seconds }: RoutesPanelProps) {
  const t = useTranslations('simulator.routes');
  return (
    <Panel title={t('title')} count={routes.length} foot={t('foot')}>
      <Table>
        <caption className="sr-only">{t('title')}</caption>
        <thead>
          <tr>
            <Th className="max-md:hidden">{t('place')}</Th>
            <Th>{t('trunk')}</Th>
            <Th>{t('state')}</Th>
            <Th className="text-end max-md:hidden">{t('cost', { seconds })}</Th>
            <Th className="text-end">{t('keeps')}</Th>
            <Th className="text-end max-md:hidden">{t('cost300')}</Th>
            <Th className="text-end max-md:hidden">{t('price300')}</Th>
          </tr>
        </thead>
        <tbody>
          {routes.map((route) => (
            <RouteLine key={route.trunk.id} route={route} />
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function RouteLine({ route }: { route: WireSimulatedRoute }) {
  const t = useTranslations('simulator.routes');
  const { place, trunk, carrier, skipped, isDemoted } = route;
  const isChosen = place === 1;
  return (
    <Tr>
      <Td className={cn('w-12 max-md:hidden', !isChosen && 'text-ink-3')}>{place ?? '–'}</Td>
      <Td className="md:whitespace-nowrap">
        <span className={cn(isChosen && 'font-semibold')}>{trunk.name}</span>
        {carrier && carrier.name !== trunk.name && (
          <span className="ms-2 text-ink-3 text-small max-md:hidden">{carrier.name}</span>
        )}
      </Td>
      <Td>
        {skipped === null ? (
          <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5 py-1">
            <Badge tone={isChosen ? 'green' : 'neutral'}>
              {isChosen ? t('chosen') : t('next')}
            </Badge>
            {isDemoted && <Badge tone="amber">{t('demoted')}</Badge>}
          </span>
        ) : (
          <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5 py-1">
            <Badge tone="amber">{t('skipped')}</Badge>
            <span className="text-ink-2">
              {t.has(`reasons.${skipped as 'NO_BUY_RATE'}`)
                ? t(`reasons.${skipped as 'NO_BUY_RATE'}`)
                : skipped}
            </span>
          </span>
        )}
      </Td>
      <Td className="text-end max-md:hidden">
        <Money value={route.cost} detail="explained" />
      </Td>
      <Td className="text-end">
        <Money value={route.keeps} detail="explained" change />
      </Td>
      <Td className="text-end max-md:hidden">
        <Money value={route.cost300} detail="explained" />
      </Td>
      <Td className="text-end max-md:hidden">
        <Money value={route.price300} detail="explained" />
      </Td>
    </Tr>
  );
}
