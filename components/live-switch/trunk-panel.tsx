'use client';

import { useTranslations } from 'next-intl';
import { useLiveCalls } from '@/components/calls/use-live-calls';
import { TrunkAddress } from '@/components/carriers/trunk-address';
import { TrunkState } from '@/components/carriers/trunk-state';
import { Panel } from '@/components/patterns/panel';
import { EmptyState, ErrorState } from '@/components/patterns/states';
import { ButtonLink } from '@/components/ui/button';
import { GenerationTag } from '@/components/ui/generation-tag';
import { Meter } from '@/components/ui/meter';
import { Skeleton } from '@/components/ui/skeleton';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { TextLink } from '@/components/ui/text-link';
import { useList } from '@/lib/client/use-list';
import { trunkSchema, type WireTrunk } from '@/lib/services/trunks/schemas';
import { TRUNK_QUERY } from './queries';

/** Every trunk, how many calls use it now, and whether the switch has it as it was asked for. */
export function TrunkPanel() {
  const t = useTranslations('admin.trunks');
  const { rows, error, refetch } = useList({
    path: '/trunks',
    query: TRUNK_QUERY,
    item: trunkSchema,
  });
  return (
    <Panel
      title={t('title')}
      count={rows && rows.length > 0 ? rows.length : undefined}
      actions={<TextLink href="/admin/carriers">{t('all')}</TextLink>}
    >
      {rows === undefined && error ? (
        <ErrorState title={t('failed')} onRetry={refetch}>
          {error.message}
        </ErrorState>
      ) : rows?.length === 0 ? (
        <NoTrunks />
      ) : (
        <TrunkRows rows={rows} />
      )}
    </Panel>
  );
}

function TrunkRows({ rows }: { rows: readonly WireTrunk[] | undefined }) {
  const t = useTranslations('admin.trunks');
  const { calls } = useLiveCalls();
  return (
    <Table aria-busy={rows === undefined}>
      <caption className="sr-only">{t('title')}</caption>
      <thead>
        <tr>
          <Th>{t('trunk')}</Th>
          <Th>{t('status')}</Th>
          <Th className="max-md:whitespace-normal">{t('calls')}</Th>
          <Th className="max-md:hidden">{t('address')}</Th>
          <Th className="text-end max-md:whitespace-normal">{t('switch')}</Th>
        </tr>
      </thead>
      <tbody>
        {rows === undefined && (
          <Tr>
            <Td colSpan={5}>
              <Skeleton className="w-1/2" />
            </Td>
          </Tr>
        )}
        {rows?.map((trunk) => (
          <TrunkLine
            key={trunk.id}
            trunk={trunk}
            calls={
              calls.filter((call) => call.trunkId === trunk.id && call.state !== 'ended').length
            }
          />
        ))}
      </tbody>
    </Table>
  );
}

function TrunkLine({ trunk, calls }: { trunk: WireTrunk; calls: number }) {
  const t = useTranslations('admin.trunks');
  const { name, carrier, maxChannels } = trunk;
  return (
    <Tr>
      <Td className="whitespace-nowrap">
        <span className="font-medium">{name}</span>
        {carrier && carrier.name !== name && (
          <span className="ms-2 text-ink-3 text-small">{carrier.name}</span>
        )}
      </Td>
      <Td>
        <TrunkState state={trunk.state} />
      </Td>
      <Td>
        <span className="flex items-center gap-2">
          <span className="w-6 text-end">{calls}</span>
          <Meter
            label={t('callsLabel', { trunk: name, max: maxChannels })}
            value={calls}
            max={maxChannels}
            tone={calls >= maxChannels ? 'red' : calls > maxChannels * 0.8 ? 'amber' : 'accent'}
            className="w-14 max-md:hidden"
          />
          <span className="text-ink-3">{maxChannels}</span>
        </span>
      </Td>
      <Td className="max-md:hidden">
        <TrunkAddress trunk={trunk} />
      </Td>
      <Td className="text-end">
        <GenerationTag wanted={trunk.generation} observed={trunk.status.observedGeneration} />
      </Td>
    </Tr>
  );
}

function NoTrunks() {
  const t = useTranslations('admin.trunks');
  return (
    <EmptyState
      title={t('empty')}
      action={
        <ButtonLink href="/admin/carriers?view=carriers" variant="primary" size="sm">
          {t('add')}
        </ButtonLink>
      }
    >
      {t('emptyText')}
    </EmptyState>
  );
}
