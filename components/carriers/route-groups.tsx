'use client';

import { useTranslations } from 'next-intl';
import { Panel } from '@/components/patterns/panel';
import { EmptyState, ErrorState } from '@/components/patterns/states';
import { Button } from '@/components/ui/button';
import { GenerationTag } from '@/components/ui/generation-tag';
import { Skeleton } from '@/components/ui/skeleton';
import { Table, TableFrame, Td, Th, Tr } from '@/components/ui/table';
import type { ListState } from '@/lib/client/use-list';
import type { WireRouteGroup } from '@/lib/services/route-groups/schemas';

export interface RouteGroupsProps {
  list: ListState<WireRouteGroup>;
  onAdd: (() => void) | undefined;
  onEdit: ((group: WireRouteGroup) => void) | undefined;
}

/** Over which trunks calls leave, group by group, in the order in which they are tried. */
export function RouteGroups({ list, onAdd, onEdit }: RouteGroupsProps) {
  const t = useTranslations('carriers');
  const { rows, error, refetch } = list;
  if (rows === undefined) {
    return (
      <TableFrame aria-busy={!error}>
        {error ? (
          <ErrorState title={t('routes.failed')} onRetry={refetch}>
            {error.message}
          </ErrorState>
        ) : (
          <div className="flex animate-appear flex-col gap-3 p-4">
            <Skeleton className="w-1/4" />
            <Skeleton className="w-1/2" />
          </div>
        )}
      </TableFrame>
    );
  }
  if (rows.length === 0) {
    return (
      <TableFrame>
        <EmptyState
          title={t('emptyRoutes.title')}
          action={
            onAdd && (
              <Button variant="primary" size="sm" onClick={onAdd}>
                {t('addRoute')}
              </Button>
            )
          }
        >
          {t('emptyRoutes.text')}
        </EmptyState>
      </TableFrame>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      {rows.map((group) => (
        <GroupPanel key={group.id} group={group} onEdit={onEdit && (() => onEdit(group))} />
      ))}
    </div>
  );
}

function GroupPanel({
  group,
  onEdit,
}: {
  group: WireRouteGroup;
  onEdit: (() => void) | undefined;
}) {
  const t = useTranslations('carriers.routes');
  return (
    <Panel
      title={group.name}
      count={group.members.length}
      note={t(`strategy.${group.strategy}`)}
      actions={
        <>
          <GenerationTag wanted={group.generation} observed={group.status.observedGeneration} />
          {onEdit && (
            <Button size="xs" onClick={onEdit}>
              {t('edit')}
            </Button>
          )}
        </>
      }
      foot={
        <>
          {t(`strategyHint.${group.strategy}`)}{' '}
          {group.decks.length > 0 &&
            t('soldAt', { decks: group.decks.map(({ name }) => name).join(', ') })}{' '}
          {group.isDefault && t('isDefault')}
        </>
      }
    >
      {group.members.length === 0 ? (
        <p className="p-4 text-ink-2">{t('noMembers')}</p>
      ) : (
        <Table>
          <caption className="sr-only">{group.name}</caption>
          <thead>
            <tr>
              <Th>{t('trunk')}</Th>
              <Th>{t('carrier')}</Th>
              <Th className="text-end">{t('priority')}</Th>
              <Th className="text-end">{t('weight')}</Th>
            </tr>
          </thead>
          <tbody>
            {group.members.map((member) => (
              <Tr key={member.trunkId}>
                <Td className="font-medium">{member.trunkName}</Td>
                <Td className="text-ink-2">{member.carrierName ?? '–'}</Td>
                <Td className="text-end">{member.priority}</Td>
                <Td className="text-end">{member.weight}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
