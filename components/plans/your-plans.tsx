'use client';

import { useTranslations } from 'next-intl';
import { DateTime } from '@/components/patterns/date-time';
import { Money } from '@/components/patterns/money';
import { Section } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { Badge } from '@/components/ui/badge';
import { Status } from '@/components/ui/dot';
import { GenerationTag } from '@/components/ui/generation-tag';
import { Table, TableFrame, Td, Th, Tr } from '@/components/ui/table';
import { useList } from '@/lib/client/use-list';
import { subscriptionSchema, type WireSubscription } from '@/lib/services/subscriptions/schemas';
import { YOURS_QUERY } from './queries';

/** The account's own plans; nothing while there is none. */
export function YourPlans() {
  const t = useTranslations('plans');
  const list = useList({ path: '/subscriptions', query: YOURS_QUERY, item: subscriptionSchema });
  if (list.rows === undefined && list.error) {
    return (
      <TableFrame className="mb-6">
        <ErrorState title={t('yoursFailed')} onRetry={list.refetch}>
          {list.error.message}
        </ErrorState>
      </TableFrame>
    );
  }
  if (!list.rows || list.rows.length === 0) return null;
  return (
    <Section title={t('yours')} note={t('yoursNote', { count: list.rows.length })} className="mb-6">
      <TableFrame>
        <Table>
          <caption className="sr-only">{t('yoursLabel')}</caption>
          <thead>
            <tr>
              <Th>{t('columns.plan')}</Th>
              <Th>{t('columns.state')}</Th>
              <Th className="text-end">{t('columns.extensions')}</Th>
              <Th className="text-end">{t('columns.price')}</Th>
              <Th className="ps-6 max-md:hidden">{t('columns.since')}</Th>
              <Th className="max-md:hidden">{t('columns.switch')}</Th>
            </tr>
          </thead>
          <tbody>
            {list.rows.map((row) => (
              <YourPlan key={row.id} subscription={row} />
            ))}
          </tbody>
        </Table>
      </TableFrame>
    </Section>
  );
}

function YourPlan({ subscription }: { subscription: WireSubscription }) {
  const t = useTranslations('plans');
  const { plan, extensions, extensionsGranted } = subscription;
  return (
    <Tr>
      <Td className="whitespace-nowrap">
        <span className="font-medium">{plan.name}</span>{' '}
        <span className="text-ink-3">{t('version', { version: plan.version })}</span>
      </Td>
      <Td>
        <SubscriptionState state={subscription.state} />
      </Td>
      <Td className="whitespace-nowrap text-end">
        {t('used', { used: extensions.length, granted: extensionsGranted })}
      </Td>
      <Td className="text-end">
        <Money value={subscription.pricePerPeriod} detail="balance" />
      </Td>
      <Td className="ps-6 text-ink-2 max-md:hidden">
        <DateTime value={subscription.startedAt} look="date" />
      </Td>
      <Td className="w-px max-md:hidden">
        <GenerationTag
          wanted={subscription.generation}
          observed={subscription.status.observedGeneration}
        />
      </Td>
    </Tr>
  );
}

function SubscriptionState({ state }: { state: WireSubscription['state'] }) {
  const t = useTranslations('plans.states');
  switch (state) {
    case 'pending':
      return <Status tone="waiting">{t(state)}</Status>;
    case 'active':
      return <Status tone="healthy">{t(state)}</Status>;
    case 'suspended':
      return <Badge tone="amber">{t(state)}</Badge>;
    case 'cancelled':
      return <Badge>{t(state)}</Badge>;
  }
}
